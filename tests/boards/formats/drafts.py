"""Boards for Hypothesis: every setting and joint, and the texts that break files."""

from hypothesis import strategies as st

from storyboard.boards.formats.draft import DraftBoard, DraftReference, DraftScene, DraftShot, Joint, Setting
from storyboard.boards.formats.values import LINES, LONGEST_SEED
from storyboard.providers.base import Kind
from storyboard.providers.catalog import RATIOS

HOSTILE = [
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "'=1+1", "''", "'", "\t=1", "\n=1", "\r", "＝1", ' "=1', "'\t",
    'a "quoted" word', '"', '""', "a,b;c|d\te", "one\ntwo\r\nthree\rfour", "שלום \u202eסרט", "👩‍🚀🎬",
    "<script>alert(1)</script>", "{{ 7*7 }}", "\ufeff",
    "\x1f", "\x0b\x0c\x85\u2028\u2029", "NULL", "Board", "Scene", "none",
]  # fmt: skip
LETTERS = st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")
TEXTS = st.one_of(
    st.text(LETTERS, max_size=40), st.sampled_from(HOSTILE), st.lists(st.sampled_from(HOSTILE)).map("".join)
)
NAMES = TEXTS.map(lambda text: text[:120]).filter(str.strip)
IDS = NAMES.filter(lambda text: text == text.strip())
WORDS = st.from_regex(r"[a-z0-9][a-z0-9./-]{0,30}", fullmatch=True).filter(lambda word: word != "none") | st.just("")
TAGS = st.lists(NAMES.map(lambda text: text[:30]), max_size=4)
SETTINGS: st.SearchStrategy[dict[str, Setting]] = st.fixed_dictionaries(
    {},
    optional={
        "seconds": st.integers(1, 60),
        "ratio": st.sampled_from(RATIOS),
        "resolution": st.sampled_from(list(LINES.values())),
        "audio": st.booleans(),
        "model": WORDS,
        "connection": WORDS,
        "seed": st.none() | st.integers(0, LONGEST_SEED),
        "search": st.booleans(),
        "safety": st.booleans(),
        "fallback": st.booleans(),
    },
)


@st.composite
def boards(draw: st.DrawFn) -> DraftBoard:
    scenes = [DraftScene(name=name) for name in draw(st.lists(NAMES, max_size=4))]
    references = [
        DraftReference(
            id=name,
            name=draw(NAMES),
            kind=draw(st.sampled_from(Kind)),
            sha256="a" * 64,
            tags=draw(TAGS),
            seal=draw(WORDS),
        )
        for name in draw(st.lists(IDS, max_size=4, unique=True))
    ]
    count = draw(st.integers(0, 6))
    # Along an order of their own, so that no joints lead in a circle.
    order = draw(st.permutations(range(count)))
    shots = [
        draw(shot(len(scenes), [entry.id for entry in references], order[: order.index(at)])) for at in range(count)
    ]
    return DraftBoard(
        name=draw(st.just("") | NAMES),
        look=draw(TEXTS),
        settings=draw(SETTINGS),
        scenes=scenes,
        shots=shots,
        references=references,
    )


@st.composite
def shot(draw: st.DrawFn, scenes: int, references: list[str], earlier: list[int]) -> DraftShot:
    joint = draw(st.sampled_from(Joint))
    follows = draw(st.sampled_from([None, *earlier])) if joint is not Joint.CUT else None
    return DraftShot(
        prompt=draw(TEXTS),
        notes=draw(TEXTS),
        scene=draw(st.sampled_from([None, *range(scenes)])),
        joint=joint,
        joint_from=follows,
        exact=draw(st.booleans()),
        needs_approval=draw(st.booleans()),
        settings=draw(SETTINGS),
        references=draw(st.lists(st.sampled_from(references), unique=True)) if references else [],
        landing=draw(st.sampled_from(["", *references])),
    )
