"""What a prompt's words say about a scene: its light, its land and its weather.

The painter calls this; the lists are short on purpose, and a prompt without any of the words still gets a scene.
"""

import re
from dataclasses import dataclass
from random import Random

Ink = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """A sky from top to horizon, its light, and the land from far away to near."""

    top: Ink
    middle: Ink
    horizon: Ink
    light: Ink
    far: Ink
    near: Ink
    # Where the light stands: 0 at the horizon, 1 at the top.
    height: float = 0.2
    stars: bool = False


@dataclass(frozen=True, slots=True)
class Mood:
    palette: Palette
    land: str
    weather: str


PALETTES = {
    "dusk": Palette((38, 32, 78), (148, 72, 108), (250, 160, 98), (255, 214, 150), (128, 78, 112), (24, 18, 40), 0.12),
    "dawn": Palette((88, 120, 172), (212, 168, 186), (255, 214, 176), (255, 240, 208), (158, 150, 182), (44, 48, 72)),
    "day": Palette(
        (62, 128, 196), (138, 190, 224), (226, 238, 236), (255, 250, 226), (150, 182, 196), (38, 72, 62), 0.6
    ),
    "night": Palette((8, 11, 30), (20, 30, 66), (52, 66, 106), (226, 232, 246), (36, 46, 80), (6, 8, 18), 0.62, True),
    "storm": Palette((34, 40, 50), (78, 88, 98), (148, 154, 152), (214, 216, 204), (92, 102, 108), (20, 25, 30), 0.4),
    "snow": Palette(
        (122, 152, 186), (188, 206, 222), (240, 234, 228), (255, 248, 232), (196, 210, 226), (92, 112, 142), 0.3
    ),
    "desert": Palette(
        (96, 140, 176), (226, 188, 142), (250, 218, 160), (255, 244, 210), (214, 154, 104), (112, 60, 38), 0.34
    ),
    "autumn": Palette(
        (104, 122, 142), (212, 178, 132), (250, 212, 146), (255, 234, 186), (186, 120, 74), (62, 32, 26), 0.24
    ),
    "forest": Palette(
        (70, 112, 122), (150, 182, 162), (232, 234, 196), (255, 248, 214), (118, 152, 132), (16, 38, 34), 0.4
    ),
}
LIGHTS = {
    "night": "night midnight moon moonlight moonlit stars star starry dark neon 夜 月 星",
    "dusk": "dusk sunset evening twilight golden sundown crimson 黄昏 夕 傍晚 日落 日没",
    "dawn": "dawn sunrise morning daybreak 黎明 清晨 早晨 日出 朝",
    "storm": "storm stormy rain rainy thunder grey gray gloomy fog foggy mist misty cloudy 雨 雷 雾 霧 阴",
    "snow": "snow snowy snowfall winter ice icy frost frozen blizzard glacier 雪 冬 冰 氷",
    "desert": "desert dune dunes sand sahara canyon 沙漠 砂漠",
    "autumn": "autumn fall leaves harvest maple 秋 枫",
    "day": "day noon sunny summer bright sun midday 晴 夏 白天",
}
LANDS = {
    "city": "city street town skyline downtown rooftops alley tower towers traffic tokyo 城 街 都市 市 楼",
    "sea": "sea ocean beach harbour harbor lake boat ship island coast shore waves river bay lighthouse 海 湖 船 河 水",
    "forest": "forest wood woods tree trees jungle pine pines grove garden bamboo fox deer 森 林 树 木 竹",
    "dunes": "desert dune dunes sand sahara field fields meadow plain hill hills grass steppe 沙 砂 草 原 田",
    "peaks": "mountain mountains peak peaks valley cliff alps ridge summit canyon glacier 山 峰 谷",
}
WEATHERS = {
    "rain": "rain rainy storm stormy thunder drizzle 雨 雷",
    "snow": "snow snowy snowfall blizzard 雪",
    "fog": "fog foggy mist misty haze smoke dawn 雾 霧",
}


def mood(prompt: str, chance: Random) -> Mood:
    """Read the prompt; what it leaves open is chosen by chance, the same for the same seed."""
    words = set(re.findall(r"[a-z]+", prompt.lower()))
    light = first(LIGHTS, prompt, words)
    land = first(LANDS, prompt, words) or chance.choice(["peaks", "peaks", "sea", "dunes", "forest"])
    if not light:
        light = "forest" if land == "forest" else chance.choice(["dusk", "dawn", "day", "autumn"])
    return Mood(PALETTES[light], land, first(WEATHERS, prompt, words))


def first(table: dict[str, str], prompt: str, words: set[str]) -> str:
    for name, row in table.items():
        for word in row.split():
            if word in words or (not word.isascii() and word in prompt):
                return name
    return ""
