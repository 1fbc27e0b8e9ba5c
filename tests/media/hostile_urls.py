"""URLs that try to reach what is not public, and the names that a hostile DNS answers to; none may be connected to.

Used by tests/test_pinned.py and tests/media/test_fetch*.py.
"""

OUTSIDE = "93.184.215.14"
# What each name leads to. Whoever asks for another one gets no answer.
NAMES = {
    "public.example.com": [OUTSIDE],
    "loopback.example.com": ["127.0.0.1"],
    "127.0.0.1.nip.example.com": ["127.0.0.1"],
    "app.10.0.0.5.nip.example.com": ["10.0.0.5"],
    "7f000001.nip.example.com": ["127.0.0.1"],
    "cname-to-localhost.example.com": ["127.0.0.1", "::1"],
    "metadata.example.com": ["169.254.169.254"],
    "tasks.example.com": ["169.254.170.2"],
    "azure.example.com": ["168.63.129.16"],
    "oracle.example.com": ["192.0.0.192"],
    "alibaba.example.com": ["100.100.100.200"],
    "aws6.example.com": ["fd00:ec2::254"],
    "mixed-first.example.com": ["127.0.0.1", OUTSIDE],
    "mixed-last.example.com": [OUTSIDE, "10.0.0.5"],
    "mixed-six.example.com": [OUTSIDE, "::1"],
    "mixed-many.example.com": [*(f"93.184.215.{number}" for number in range(40)), "192.168.0.1"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "compatible.example.com": ["::127.0.0.1"],
    "nat64.example.com": ["64:ff9b::7f00:1"],
    "sixtofour.example.com": ["2002:7f00:1::"],
    "teredo.example.com": ["2001:0:7f00:1::1"],
    "linklocal.example.com": ["fe80::1%lo"],
    "unique.example.com": ["fd00::1"],
    "multicast.example.com": ["224.0.0.1"],
    "zero.example.com": ["0.0.0.0"],
    "broadcast.example.com": ["255.255.255.255"],
    "shared.example.com": ["100.64.0.1"],
    "benchmark.example.com": ["198.18.0.1"],
    "xn--lcalhost-n4a.example.com": ["127.0.0.1"],
    "localhost": ["127.0.0.1", "::1"],
    "localhost.localdomain": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "metadata": ["169.254.169.254"],
    "kubernetes.default.svc": ["10.96.0.1"],
    "host.docker.internal": ["192.168.65.2"],
    "router.lan": ["192.168.0.1"],
    "intranet": ["10.0.0.5"],
    "db": ["172.18.0.2"],
}

ADDRESSES = """
http://127.0.0.1/ https://127.0.0.1/ http://127.0.0.2/ http://127.255.255.255/ http://0.0.0.0/ http://0/ http://10.0.0.5/
http://100.64.0.1/ http://100.100.100.200/ http://168.63.129.16/ http://169.254.169.254/latest/meta-data/
http://169.254.170.2/v2/credentials http://172.16.0.1/ http://172.31.255.255/ http://192.0.0.192/opc/v2/ http://192.0.2.1/
http://192.88.99.1/ http://192.168.0.1/ http://198.18.0.1/ http://198.51.100.1/ http://203.0.113.1/ http://224.0.0.1/
http://239.255.255.250/ http://240.0.0.1/ http://255.255.255.255/
"""
SPELLINGS = """
http://2130706433/ http://0017700000001/ http://0x7f000001/ http://0x7F.0.0.1/ http://017700000001/ http://0177.0.0.1/
http://0177.0.0.01/ http://127.1/ http://127.0.1/ http://127.0.0.01/ http://127.00.0.1/ http://0x7f.1/ http://0x7f.0x1/
http://0000::1/ http://127.0.0.1./ http://127.0.0.1../ http://127.0.0.1.0x/ http://4294967295/ http://2852039166/
http://0xa9fea9fe/ http://0xA9.0xFE.0xA9.0xFE/ http://169.254.43518/ http://0251.0376.0251.0376/ http://425.510.425.510/
http://127.0.0.1%2e/ http://127.0.0.1%00.example.com/ http://127%2e0%2e0%2e1/ http://%31%32%37.0.0.1/ http://0x/
http://1/ http://256/ http://127.0.0.1.1/ http://+127.0.0.1/ http://127.0.0.1_/
"""
UNICODE = """
http://１２７.０.０.１/ http://127。0。0。1/ http://127．0．0．1/ http://127｡0｡0｡1/ http://①②⑦.⓪.⓪.①/ http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/
http://ｌｏｃａｌｈｏｓｔ/ http://locaⓛhost/ http://lºcalhost/ http://١٢٧.٠.٠.١/ http://𝟏𝟐𝟕.𝟎.𝟎.𝟏/ http://local\u00adhost/
http://127.0.0.1\u200b/ http://xn--lcalhost-n4a.example.com/ http://lоcalhost.example.com/ http://loopback。example.com/
"""
SIX = """
http://[::1]/ https://[::1]/ http://[::]/ http://[0:0:0:0:0:0:0:1]/ http://[0000:0000:0000:0000:0000:0000:0000:0001]/
http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[0:0:0:0:0:ffff:127.0.0.1]/ http://[::ffff:0:127.0.0.1]/
http://[::127.0.0.1]/ http://[::7f00:1]/ http://[::ffff:169.254.169.254]/ http://[::a9fe:a9fe]/ http://[64:ff9b::7f00:1]/
http://[64:ff9b::127.0.0.1]/ http://[64:ff9b:1::1]/ http://[2002:7f00:1::]/ http://[2001:0:7f00:1::1]/ http://[fe80::1]/
http://[fe80::1%25lo]/ http://[fe80::1%lo]/ http://[::1%25lo]/ http://[::1%lo]/ http://[fd00:ec2::254]/ http://[fc00::1]/
http://[fec0::1]/ http://[ff02::1]/ http://[2001:db8::1]/ http://[3fff::1]/ http://[5f00::1]/ http://[100::1]/
http://[2620:4f:8000::1]/ http://[127.0.0.1]/ http://[::1]./ http://[::1 http://::1/ http://[::1]:80@public.example.com/
http://[v1.127.0.0.1]/ http://[::ffff:8.8.8.8]@127.0.0.1/
"""
TRICKS = """
http://ann@127.0.0.1/ http://public.example.com@127.0.0.1/ http://public.example.com:80@127.0.0.1/
http://127.0.0.1@loopback.example.com/ http://ann:secret@loopback.example.com/ http://127.0.0.1#@public.example.com/
http://127.0.0.1?@public.example.com/ http://127.0.0.1/@public.example.com http://127.0.0.1;@public.example.com/
http://public.example.com\\@127.0.0.1/ http://127.0.0.1\\@public.example.com/ http://127.0.0.1\\.public.example.com/
http:\\\\127.0.0.1/ http:/127.0.0.1/ http:127.0.0.1 http:///127.0.0.1/ http:////127.0.0.1/ //127.0.0.1/ ///127.0.0.1/
http://@127.0.0.1/ http://:@127.0.0.1/ http://:80/ http:// http://./ http://../ http://.127.0.0.1/
http://public.example.com@@127.0.0.1/ http://public.example.com%40127.0.0.1/ http://public.example.com%23@127.0.0.1/
http://127.0.0.1%2f@public.example.com/ http://127.0.0.1%5c@public.example.com/ http://a,127.0.0.1/ http://{127.0.0.1}/
HTTP://LOCALHOST/ hTTp://127.0.0.1/
"""
BLANKS = [
    "http://127.0.0.1\t/",
    "http://127.0.0.1\n/",
    "http://127.0.0.1\r\n/",
    "http://127.0.0.1\x00/",
    "http://127.0.0.1\x00.public.example.com/",
    "http://127.0.0.1 .public.example.com/",
    "http://public.example.com /@127.0.0.1/",
    " http://127.0.0.1/",
    "\thttp://127.0.0.1/",
    "http\n://127.0.0.1/",
    "ht\ttp://127.0.0.1/",
    "http://127.0.0.1\u2028/",
    "http://loopback.example.com/\r\nHost: public.example.com",
]
PORTS = """
http://127.0.0.1:22/ http://127.0.0.1:25/ http://127.0.0.1:6379/ http://127.0.0.1:2375/ http://127.0.0.1:0/
http://127.0.0.1:65536/ http://127.0.0.1:080/ http://127.0.0.1:+80/ http://127.0.0.1:-1/ http://127.0.0.1:/ http://127.0.0.1:８０/
http://127.0.0.1:80:80/ http://loopback.example.com:22/ http://loopback.example.com:443/ https://loopback.example.com:80/
http://public.example.com:22/ http://public.example.com:25/ https://public.example.com:6379/ http://public.example.com:0/
"""
SCHEMES = """
file:///etc/passwd file://127.0.0.1/etc/passwd gopher://127.0.0.1:6379/_INFO ftp://127.0.0.1/ dict://127.0.0.1:11211/stat
data:text/plain,hello javascript:alert(1) blob:http://127.0.0.1/1 unix:///var/run/docker.sock http+unix://%2Fvar%2Frun/
ws://127.0.0.1/ wss://127.0.0.1/ ldap://127.0.0.1/ tftp://127.0.0.1/ sftp://127.0.0.1/ jar:http://127.0.0.1/!/ ssh://127.0.0.1/
view-source:http://127.0.0.1/ socks5://127.0.0.1/ about:blank netdoc:///etc/passwd
"""
WORDS = """
http://localhost/ https://localhost/ http://LOCALHOST./ http://localhost./ http://localhost.localdomain/
http://metadata.google.internal/computeMetadata/v1/ http://metadata/ http://kubernetes.default.svc/ http://intranet/ http://db/
http://host.docker.internal/ http://router.lan/ http://abcdefghij.onion/ http://something.i2p/ http://printer.local/
"""
LONG = [f"http://{'a' * 255}.example.com/", f"http://{'a.' * 200}example.com/", f"http://127.0.0.1/{'a' * 70_000}"]
BY_NAME = [f"{scheme}://{name}/" for name in NAMES if name != "public.example.com" for scheme in ("http", "https")]
TEXTS = (ADDRESSES, SPELLINGS, UNICODE, SIX, TRICKS, PORTS, SCHEMES, WORDS)
URLS = list(dict.fromkeys([*(url for text in TEXTS for url in text.split()), *BLANKS, *LONG, *BY_NAME]))
