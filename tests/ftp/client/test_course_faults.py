"""The usual solution of the notes' homework (作业：ftp服务器) going wrong, and netio's way going right, case by case."""
from __future__ import annotations

from netio.ftp import course_faults as faults


def test_send_takes_a_part():
    """Notes: the file is sent by `connfd.send(data)`. `send` may take only a part; what it returns is thrown away."""
    found = faults.show_short_send(1 << 24)
    assert int(found.usual.split()[0]) < 1 << 24 and found.framed == f"{1 << 24} of {1 << 24} bytes"


def test_pauses_are_no_boundaries():
    """Notes: 粘包 is cured by "控制发送的速度". Sent in two calls, read late: both are one, and `data == b'OK'` is false."""
    found = faults.show_glued_reply()
    assert found.usual == r"refused, because: 'OKa.txt\nb.txt'" and found.framed == "the list: ['a.txt', 'b.txt']"


def test_an_end_mark_can_be_data():
    """The homework's usual end, `##` sent alone after a pause: a file may hold just that, however long the pauses."""
    found = faults.show_end_in_data()
    assert found.usual.startswith("1024 of 1026") and found.framed == "1026 of 1026 bytes"


def test_a_path_is_no_name():
    """The homework's usual `open(FTP + filename)`: `../` leads out of the library."""
    found = faults.show_way_out()
    assert "secret" in found.usual and found.framed.startswith("refused")


def test_names_have_blanks():
    """The homework's usual `request.split(' ')`: the name ends at its first blank."""
    found = faults.show_name_with_blank()
    assert found.usual == "looked for 'my'" and found.framed == "sent: b'miaow'"


def test_an_end_is_not_the_end():
    """The homework's usual `if not data: break`: the end of the connection passes for the end of the file."""
    found = faults.show_half_file()
    assert "1024 bytes of 2048" in found.usual and found.framed == "[]"
