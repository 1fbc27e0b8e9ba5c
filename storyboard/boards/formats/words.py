"""The words that people put into tables, in a few languages, and what they stand for.

values.py reads cells with them; add a word here when somebody's table has another.
"""

from storyboard.boards.formats.draft import Joint

# An empty choice that is meant, where an empty cell leaves it to the board.
NONE = "none"
RANDOM = {"random", "any", "-1", "zufall", "aléatoire", NONE}


def split(words: str) -> set[str]:
    return {word.strip() for word in words.split("|")}


YES = split("yes|y|true|t|1|x|on|ja|j|oui|o|si|sí|s|sim|da|да|はい|是|✓|✔|☑|with|mit|avec|wahr|vrai|verdadero")
NO = split("no|n|false|f|0|off|nein|non|não|nao|нет|いいえ|否|✗|✘|☐|–|-|none|without|ohne|sans|falsch|faux|falso")
NEEDED = split("needed|required|needs approval|nötig|requis|requerido")
SHAPES = {
    word: shape
    for shape, words in {
        "16:9": "landscape|wide|widescreen|quer|querformat|paysage",
        "9:16": "portrait|vertical|hoch|hochformat",
        "1:1": "square|quadrat|quadratisch|carré",
        "21:9": "cinema|cinemascope|scope|ultrawide",
        "adaptive": "adaptive|auto|automatic|automatisch",
    }.items()
    for word in split(words)
}
SIZES = {
    word: lines
    for lines, words in {
        480: "sd",
        720: "hd|hd ready",
        1080: "fhd|full hd|fullhd",
        2160: "uhd|4k|4k uhd|ultra hd",
    }.items()
    for word in split(words)
}
JOINTS = {
    word: joint
    for joint, words in {
        Joint.CUT: "cut|hard cut|straight cut|cut to|new|fresh|none|no|start|schnitt|harter schnitt|coupe|corte|taglio",
        Joint.CONTINUE: "continue|continued|continues|continuous|cont|cont'd|chain|chained|follow|follows|last frame"
        "|from last frame|yes|fortsetzen|fortsetzung|weiter|suite|continuer|continuar|continua",
        Joint.LAND: "land|land on|lands on|end on|ends on|last image|first and last frame|first last frame|landen",
        Joint.MOTION: "motion|match motion|motion match|match on action|match action|extend|bewegung|mouvement",
    }.items()
    for word in split(words)
}
