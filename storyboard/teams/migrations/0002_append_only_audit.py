"""The database refuses to change or delete what the audit log says."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = """
CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON teams_auditentry
BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END;
"""
POSTGRESQL = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON teams_auditentry
FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
"""


def forwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            editor.execute(SQLITE.format(verb=verb))
    else:
        editor.execute(POSTGRESQL)


def backwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            editor.execute(f"DROP TRIGGER audit_no_{verb}")
    else:
        editor.execute("DROP TRIGGER audit_no_change ON teams_auditentry; DROP FUNCTION audit_is_append_only()")


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
