"""APIMart’s thirteen use cases: each body as its page has it, and the shot that we would write for it.

The page leaves defaults out; ours always says them. Case 9’s prompt is shortened here.
"""

from dataclasses import dataclass

from storyboard.providers.base import Body, Kind, Reference, ShotRequest

WEB = "https://example.com/"
ASSET = "asset://asset_a"
PLAIN = "doubao-seedance-2.0"
FAST = "doubao-seedance-2.0-fast"
DEFAULTS: Body = {"duration": 5, "size": "16:9", "resolution": "720p", "generate_audio": False}


@dataclass(frozen=True)
class Case:
    name: str
    body: Body
    # None where a shot cannot say it: the role reference_image, which does what case 10 does.
    request: ShotRequest | None


def image(url: str) -> Reference:
    return Reference(url, Kind.IMAGE)


def video(url: str) -> Reference:
    return Reference(url, Kind.VIDEO)


def audio(url: str) -> Reference:
    return Reference(url, Kind.AUDIO)


KITTEN = "A kitten yawning at the camera"
WALKS = "The kitten stands up and walks toward the camera"
NIGHT = "Transition from day to night"
ANIME = "Convert the video style to anime style"
SPEAKS = "A scene of a person speaking"
MOON = 'A man stops a woman and says: "Remember, you must never point your finger at the moon."'
GOES_ON = "The kitten continues walking toward the camera"
CITY = "City nightscape timelapse photography"
TEA = "Use video 1's first-person perspective throughout, and use audio 1 as the background music throughout."
STREET = "The character walks naturally on a city street under bright sunshine"
PORTRAIT = "Using the reference portrait, the character walks elegantly toward the camera"
PARK = "The character strolls in a park with a gentle breeze"
DANCE = "The character dances to the rhythm of the reference video with smooth and natural movements"

CASES = [
    Case(
        "1 text to video",
        {
            "model": PLAIN,
            "prompt": KITTEN,
            "resolution": "720p",
            "size": "16:9",
            "duration": 5,
            "seed": 42,
            "generate_audio": True,
        },
        ShotRequest(prompt=KITTEN, seed=42, audio=True),
    ),
    Case(
        "2 image to video, first frame",
        {"model": PLAIN, "prompt": WALKS, "image_urls": [f"{WEB}cat.jpg"], "duration": 5},
        ShotRequest(prompt=WALKS, opening=f"{WEB}cat.jpg"),
    ),
    Case(
        "3 first and last frame",
        {
            "model": PLAIN,
            "prompt": NIGHT,
            "image_with_roles": [
                {"url": f"{WEB}day.jpg", "role": "first_frame"},
                {"url": f"{WEB}night.jpg", "role": "last_frame"},
            ],
            "duration": 5,
        },
        ShotRequest(prompt=NIGHT, opening=f"{WEB}day.jpg", landing=f"{WEB}night.jpg"),
    ),
    Case(
        "4 video reference to video",
        {"model": PLAIN, "prompt": ANIME, "video_urls": [f"{WEB}reference.mp4"]},
        ShotRequest(prompt=ANIME, references=(video(f"{WEB}reference.mp4"),)),
    ),
    Case(
        "5 reference video and audio",
        {
            "model": PLAIN,
            "prompt": SPEAKS,
            "video_urls": [f"{WEB}reference.mp4"],
            "audio_urls": [f"{WEB}speech.wav"],
            "size": "16:9",
            "duration": 11,
        },
        ShotRequest(prompt=SPEAKS, seconds=11, references=(video(f"{WEB}reference.mp4"), audio(f"{WEB}speech.wav"))),
    ),
    Case(
        "6 with audio",
        {"model": PLAIN, "prompt": MOON, "generate_audio": True},
        ShotRequest(prompt=MOON, audio=True),
    ),
    Case(
        "7 continuous, last frame returned",
        {
            "model": PLAIN,
            "prompt": GOES_ON,
            "image_urls": [f"{WEB}last_frame_from_prev.png"],
            "return_last_frame": True,
        },
        ShotRequest(prompt=GOES_ON, opening=f"{WEB}last_frame_from_prev.png", wants_last_frame=True),
    ),
    Case(
        "8 fast",
        {"model": FAST, "prompt": CITY, "size": "21:9", "duration": 8},
        ShotRequest(prompt=CITY, ratio="21:9", seconds=8),
    ),
    Case(
        "9 images, video and audio",
        {
            "model": PLAIN,
            "prompt": TEA,
            "image_urls": [f"{WEB}tea_pic1.jpg", f"{WEB}tea_pic2.jpg"],
            "video_urls": [f"{WEB}tea_video1.mp4"],
            "audio_urls": [f"{WEB}tea_audio1.mp3"],
            "generate_audio": True,
            "size": "16:9",
            "duration": 11,
        },
        ShotRequest(
            prompt=TEA,
            seconds=11,
            audio=True,
            references=(
                image(f"{WEB}tea_pic1.jpg"),
                image(f"{WEB}tea_pic2.jpg"),
                video(f"{WEB}tea_video1.mp4"),
                audio(f"{WEB}tea_audio1.mp3"),
            ),
        ),
    ),
    Case(
        "10 asset as image",
        {"model": PLAIN, "prompt": STREET, "image_urls": [ASSET], "duration": 5, "resolution": "720p"},
        ShotRequest(prompt=STREET, references=(image(ASSET),)),
    ),
    Case(
        "11 asset as portrait",
        {
            "model": PLAIN,
            "prompt": PORTRAIT,
            "image_with_roles": [{"url": ASSET, "role": "reference_image"}],
            "resolution": "720p",
            "duration": 5,
        },
        None,
    ),
    Case(
        "12 fast with asset",
        {"model": FAST, "prompt": PARK, "image_urls": [ASSET], "duration": 5, "resolution": "720p"},
        ShotRequest(prompt=PARK, references=(image(ASSET),)),
    ),
    Case(
        "13 asset and reference video",
        {
            "model": PLAIN,
            "prompt": DANCE,
            "image_urls": [f"{WEB}dance_reference.jpg", ASSET],
            "video_urls": [f"{WEB}dance_reference.mp4", ASSET],
            "duration": 8,
            "resolution": "720p",
        },
        ShotRequest(
            prompt=DANCE,
            seconds=8,
            references=(
                image(f"{WEB}dance_reference.jpg"),
                image(ASSET),
                video(f"{WEB}dance_reference.mp4"),
                video(ASSET),
            ),
        ),
    ),
]
