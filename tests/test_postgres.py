"""The private server that the rest of the suite relies on: it comes, it comes back, and it leaves nothing behind."""

import psycopg
import pytest

from tests.postgres import private_cluster

pytestmark = [pytest.mark.processes, pytest.mark.postgres]


def test_a_private_server_keeps_its_rows_over_a_crash_and_is_gone_at_the_end() -> None:
    with private_cluster() as cluster:
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        cluster.restart(immediate=True)
        with psycopg.connect(cluster.url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]
    assert not cluster.folder.exists()
    assert cluster.process is not None
    assert cluster.process.poll() == 0


def test_two_private_servers_do_not_meet() -> None:
    with private_cluster() as one, private_cluster() as other:
        with psycopg.connect(one.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE mine ()")
        with psycopg.connect(other.url) as connection, pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT * FROM mine")
