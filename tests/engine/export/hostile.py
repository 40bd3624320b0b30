"""Names that try to become code, another encoding, a setting of an editor, or another file."""

import random
from collections.abc import Iterator

MARKER = "PWNED"
CODE = (
    f"open('{MARKER}','w')",
    f'open("{MARKER}","w")',
    f"__import__('os').mkdir('{MARKER}')",
    f"exec('open(\\'{MARKER}\\',\\'w\\')')",
)
SIGNS = ("coding:", "coding=", "coding: ", "encoding=", "fileencoding:", "-*- coding: ", "vim: set fileencoding=")
CODECS = (
    *("unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape", "utf-7", "utf_7", "U7", "utf-8"),
    *("utf8", "utf_8_sig", "utf-16", "utf-32-le", "latin-1", "cp037", "cp1252", "shift_jis", "hz", "iso2022_jp"),
    *("punycode", "idna", "rot13", "hex", "zlib", "base64", "undefined", "no-such", "mbcs", "UNICODE_ESCAPE"),
)
BREAKS = (
    *("\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\0", "\x1a"),
    *(r"\n", r"\12", r"\x0a", r"\u000a", r"\U0000000a", r"\N{LINE FEED}", r"\r", r"\\n", "\\\n", "+AAo-", "+AA0-"),
)
QUOTES = ("", '"', "'", '"""', "'''", '\\"', "\\'", '\\\\"', '")', '"]', '"}', "\\", "#", '";', "'+", "{0}", "%s")
PLAIN = """. .. - _ ../../etc/passwd ..\\..\\boot.ini C:\\CON a/b ~root file.py.exe CON con Prn nul.txt COM1 com¹ LPT9
conin$ -rf __init__ __main__ torch 7 x;y,z=* x%0d%0aX:y <script>alert(1)</script> ]]> $name `touch\tPWNED`"""
CHOSEN = (
    r"coding:unicode_escape \nopen('PWNED','w')#",
    r"-*- coding: unicode_escape -*- \nopen('PWNED','w')#",
    "\ufeffcoding:utf-7 +AAo-open('PWNED','w')+ACM-",
    'x\nimport os\r\u2028"""\\',
    '"""\nopen(\'PWNED\',\'w\')\n"""',
    r"vim: set ft=vim fdm=expr fde=system('touch\ PWNED') :",
    '-*- eval: (shell-command "touch PWNED") -*-',
    'Local Variables: eval: (shell-command "touch PWNED") End:',
    *("\u202egnp.exe\u2066\u200f", "\ud800", "\udfff\ud83d", "\ud83d\ude00", "\0", "\ufeff", "\u200b\u200d\u2060"),
    *("\x7f\x80\x9f\xa0\xad", "\U000e0041", "😀 👨\u200d👩 数字 ß İ ﬁ ӎ ᾳ", "", " ", "\t", "AUX ", "touch\tPWNED"),
    *("A" * 10_000, "\n" * 10_000, "\\" * 61, '"' * 61, "'\"" * 40),
    *("INPUTS LABEL SCHEDULE VALIDATE VALIDATED MARGIN LR", "HELD_BACK\n", "np. math. ops. gzip. Path( LabelConcat("),
    *("{name!r} {__class__} %(name)s", 'x"; filename="evil.exe', "x\r\nSet-Cookie: a=b", *PLAIN.split()),
)


def hostile_names(count: int, seed: int = 0) -> Iterator[str]:
    """The chosen ones, then so many that are put together by chance; some are too long to be a name."""
    yield from CHOSEN
    chance = random.Random(seed)
    for _ in range(count):
        cookie = chance.choice(("", "", "# ", "\ufeff", "\u202e")) + chance.choice(SIGNS) + chance.choice(CODECS)
        start = chance.choice((cookie + chance.choice((" ", "", "\t", " -*- ")), chance.choice(QUOTES), ""))
        attack = chance.choice(BREAKS) + chance.choice(CODE)
        end = chance.choice((*QUOTES, *BREAKS, "#", "  # ", "\ud800", "😀"))
        yield start + chance.choice(("", chance.choice(QUOTES))) + attack + end
