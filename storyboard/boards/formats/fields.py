"""What a column of a table can be, what it is called in our own export, and what people call it.

The column matcher offers these; table.py guesses with them.
"""

import re
from enum import StrEnum


class Field(StrEnum):
    NUMBER = "number"
    SCENE_NUMBER = "scene number"
    SCENE = "scene"
    PROMPT = "prompt"
    NOTES = "notes"
    SECONDS = "seconds"
    RATIO = "ratio"
    RESOLUTION = "resolution"
    JOINT = "joint"
    FOLLOWS = "follows"
    EXACT = "exact"
    LANDING = "landing"
    APPROVAL = "approval"
    AUDIO = "audio"
    MODEL = "model"
    CONNECTION = "connection"
    SEED = "seed"
    SEARCH = "search"
    SAFETY = "safety"
    FALLBACK = "fallback"
    REFERENCES = "references"


# Which of them are settings, under the setting's own name.
SETTINGS = (
    Field.SECONDS,
    Field.RATIO,
    Field.RESOLUTION,
    Field.AUDIO,
    Field.MODEL,
    Field.CONNECTION,
    Field.SEED,
    Field.SEARCH,
    Field.SAFETY,
    Field.FALLBACK,
)
# In the order of the exported columns.
LABELS = {
    Field.NUMBER: "Shot",
    Field.SCENE_NUMBER: "Scene number",
    Field.SCENE: "Scene",
    Field.PROMPT: "Prompt",
    Field.NOTES: "Notes",
    Field.SECONDS: "Length",
    Field.RATIO: "Shape",
    Field.RESOLUTION: "Size",
    Field.JOINT: "Joint",
    Field.FOLLOWS: "Follows",
    Field.EXACT: "Exact",
    Field.LANDING: "Landing image",
    Field.APPROVAL: "Needs approval",
    Field.AUDIO: "Audio",
    Field.MODEL: "Model",
    Field.CONNECTION: "Connection",
    Field.SEED: "Seed",
    Field.SEARCH: "Search",
    Field.SAFETY: "Safety",
    Field.FALLBACK: "Fallback",
    Field.REFERENCES: "References",
}
# In the order in which a heading of several words is looked through.
CALLED = {
    Field.PROMPT: "prompt|shot description|description|action|visual|visuals|text|video prompt|image prompt"
    "|what happens|beschreibung|bild|handlung|descripción|descripcion|acción|descrizione|プロンプト|内容|画面",
    Field.NOTES: "notes|note|comment|comments|remarks|notiz|notizen|anmerkung|anmerkungen|bemerkung|bemerkungen|"
    "remarques|notas|commentaire|备注|備考",
    Field.SECONDS: "length|seconds|duration|secs|sec|time|length s|duration s|dauer|länge|sekunden|durée|duree|duración"
    "|duracion|durata|時間|秒|时长",
    Field.RATIO: "shape|ratio|aspect|aspect ratio|format|seitenverhältnis|proportion|比例",
    Field.RESOLUTION: "size|resolution|auflösung|résolution|resolución|分辨率|解像度",
    Field.FOLLOWS: "follows|after|predecessor|continues from|folgt auf|suit",
    Field.JOINT: "joint|join|link|opens|transition|übergang|anschluss|transición|raccord",
    Field.EXACT: "exact|exact frame|exact opening",
    Field.LANDING: "landing image|landing|last frame|last image|end frame|end image|lands on",
    Field.APPROVAL: "needs approval|approval|approve|freigabe|validation|aprobación",
    Field.AUDIO: "audio|sound|ton|son|sonido|音声|声音",
    Field.MODEL: "model|modell|modèle|modelo|模型|モデル",
    Field.CONNECTION: "connection|account|verbindung|connexion",
    Field.SEED: "seed|graine|种子",
    Field.SEARCH: "search|web search",
    Field.SAFETY: "safety|safety filter|content filter",
    Field.FALLBACK: "fallback",
    Field.REFERENCES: "references|reference|refs|ref|reference images|images|referenzen|références|参考",
    Field.SCENE_NUMBER: "scene number|scene no|scene nr|scene id|szenennummer|numéro de scène",
    Field.SCENE: "scene|scene name|sequence|szene|scène|escena|location|set|シーン|场景",
    Field.NUMBER: "shot|shot number|shot no|shot nr|shot id|no|nr|number|id|einstellung|plan|plano|toma"
    "|カット|镜头|镜号",
}
NAMES = {name: field for field, names in CALLED.items() for name in names.split("|")}
SCENE_NUMBERS = re.compile(r"(?:scene|sc|szene|scène)\s*#")
LONGEST_HEADING = 60


def heading(text: str) -> str:
    """A heading without case, signs and what stands in brackets."""
    outside = re.sub(r"[(\[].*?[)\]]", " ", text.casefold())
    return " ".join(re.sub(r"[\W_]+", " ", outside).split())


def named(text: str) -> Field | None:
    """The field that a heading surely means."""
    if len(text) > LONGEST_HEADING:
        return None
    if SCENE_NUMBERS.match(text.casefold().strip()):
        return Field.SCENE_NUMBER
    return NAMES.get(heading(text)) or (Field.NUMBER if text.strip() == "#" else None)


def likely(text: str) -> Field | None:
    """The field that one word of a heading speaks of."""
    words = set(heading(text).split()) if len(text) <= LONGEST_HEADING else set()
    return next((field for field, names in CALLED.items() if words & set(names.split("|"))), None)


def guess(headers: list[str]) -> dict[int, Field]:
    """Column -> field, each field once; certain headings first."""
    found: dict[int, Field] = {}
    for read in (named, likely):
        for index, text in enumerate(headers):
            field = read(text)
            if field and index not in found and field not in found.values():
                found[index] = field
    return dict(sorted(found.items()))
