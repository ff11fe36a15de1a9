"""The scripts' help in Chinese, by its English text: what several scripts say, and the tools of the house.

Loaded only where NETIO_LANG asks for Chinese. Each English text is the script's own: a text that changes needs its
translation changed, and a test finds what is missing and what is no longer used.
"""
from __future__ import annotations

from . import applications, files, network, processes

WORDS = {
    **files.WORDS,
    **network.WORDS,
    **applications.WORDS,
    **processes.WORDS,
    "proofs are assertions, which python -O leaves out": "证明由 assert 完成，而 python -O 会略去它们",
    "address to use": "使用的地址",
    "on this machine: ": "本机：",
    "on the network: ": "局域网：",
    "Windows asks once whether the firewall may let others in: allow it for private networks.":
    "Windows 会询问一次是否让别人通过防火墙：在专用网络上允许。",
    "port, 0 for any": "端口，0 表示任选",
    "seconds for each answer": "每个回答最多等几秒",
    "a port is 0 to 65535, not {}": "端口是 0 到 65535，不能是 {}",
    "worker processes (default: one for each CPU)": "工作进程数（默认：每个 CPU 一个）",
    "worker processes": "工作进程数",
    "how to start the processes": "启动进程的方法",
    "longest silence (%(default)s)": "对方最多沉默几秒（%(default)s）",
    "(default: %(default)s)": "（默认：%(default)s）",
    "default: %(default)s": "默认：%(default)s",
    "name or address of the server": "服务器的名字或地址",
    "all of them": "全部",
    "how clients are served at once (default: the best here)": "怎样同时服务多个客户端（默认：本系统最好的一种）",
    "processes, or threads of a pool": "进程数，或线程池的线程数",
    "Measure netio beside its peers, in one run, as ratios.": "同一次运行中把 netio 与同类程序放在一起测量，给出倍数。",
    "any of {} (default: all)": "{} 中的任意几项（默认：全部）",
    "pairs to measure": "测几对",
    "one round of less work: to see it run, not to quote": "只测一轮，工作量也小：看它能运行，数字不能引用",
    "install third-party peers, in their own environment": "把第三方的同类程序装进单独的环境",
    "write all figures to FILE": "把所有数字写入 FILE",
    "take all but SUBJECT from FILE": "除 SUBJECT 外都取自 FILE",
    "draw ratios and targets (growth: FILE-growth.svg)": "画出倍数和目标（growth：FILE-growth.svg）",
    "write a page (Markdown), its charts beside it": "写一个页面（Markdown），图表放在旁边",
    "some subjects": "几项",
    "all of them, one short round each": "全部，每项只测短短一轮",
    "beside third-party servers as well, where a subject has any": "有第三方服务器可比的，也一起比",
    "what an operation costs as connections, files, messages grow": "连接、文件、消息增多时，一次操作的开销",
    "the page and charts of a saved run": "由保存的结果生成页面和图表",
    "one subject of it measured again": "其中一项重新测量",
    "`ours` and `theirs` are medians, smaller is better; `ratio` says how many times better ours is, `reach` what it "
    "ought to be, and `!` marks a target that was missed. `load` is the part of a core that the load generator used "
    "at most.":
    "`ours` 和 `theirs` 是中位数，越小越好；`ratio` 是我们好多少倍，`reach` 是应达到的倍数，`!` 标出没达到的目标。`load` 是压测程序最多占用一个核的多少。",
    "Prove that the course notes err where docs/errata.md says so: run their way, then the right one, and show what "
    "came.":
    "证明课程笔记在 docs/errata.md 所说之处有错：先按笔记的写法运行，再按正确的写法运行，并显示结果。",
    "the erratum's number (default: all)": "勘误的编号（默认：全部）",
    "these two": "只看这两条",
    "in Chinese (中文)": "用中文显示",
    "turn the claim round: now the proof must fail": "把结论反过来：这时证明必须失败",
    "turn each claim round: its proof must fail": "把每条结论反过来：它的证明必须失败",
    "Needs no pytest. Ends with status 1 if one could not be proved.": "不需要 pytest。有一条未能证明时，退出码为 1。",
    "Run all tests and examples, in an environment that this script makes if pytest is missing.":
    "运行全部测试和示例；没有 pytest 时，本脚本会自己建一个环境。",
    "everything; the end says how long it took": "全部；最后说明用了多久",
    "what runs longer, too: each server under load for a minute, or more": "耗时更长的也运行：每个服务器承受负载一分钟，或指定的分钟数",
    "one chapter after the other (default: one more than processors)": "一章接一章（默认：同时运行的章数比处理器多一个）",
    "these chapters, and what belongs to none": "只运行这几章，以及不属于任何一章的",
    "one run of pytest, with these arguments": "只运行一次 pytest，使用这些参数",
    "Further options go to pytest. Each chapter is a run of pytest of its own, and one more run side by side than "
    "there are processors, as tests also wait. What fails is printed in full, and the exit status is 0 only when "
    "nothing did.":
    "其余选项交给 pytest。每一章单独运行一次 pytest；测试常在等待，所以同时运行的章数比处理器多一个。失败的内容会完整打印；"
    "全部通过时退出码才是 0。",
    "Walk through every chapter on real files and sockets, and say what was seen.": "用真实的文件和套接字走完每一章，并说出看到了什么。",
    "write all that is shown to FILE, too, as one HTML page": "把所看到的一切也写入 FILE，成为一个 HTML 页面",
    "all chapters": "所有章",
    "one of them": "其中一章",
    "and as a page for a browser or a phone": "同时写成网页，浏览器和手机都能看",
    "Run what the documentation's pictures show, and draw it: SVG files in English and in Chinese.":
    "把文档图画的内容真正运行一遍再画出来：中英文各一份 SVG 文件。",
    "a picture (default: all)": "图的名字（默认：全部）",
    "default: docs/pictures": "默认：docs/pictures",
    "only this language (default: both)": "只画这种语言（默认：两种都画）",
    "print the names and titles, and draw nothing": "只列出名字和标题，不画图",
    "write the page that shows them all, too": "同时写出展示全部图的页面",
    "all pictures, into docs/pictures": "全部的图，放进 docs/pictures",
    "these two, into the folder here": "这两幅，放进 here 文件夹",
    "one of them, in Chinese (中文)": "其中一幅，用中文",
    "which there are": "有哪些图",
    "all of them, and the page that shows them": "全部的图，以及展示它们的页面",
    "listening on {}": "正在监听 {}",
    "a number is wanted, not {!r}": "需要一个数，不能是 {!r}",
    "{} or more, not {}": "至少是 {}，不能是 {}",
    "{}: {}": "{}：{}",
    "Cannot show it this time: the machine was too busy. Run it again.": "这一次没有看出来：机器太忙了，请再运行一次。",
    "no such subject: {}; there are {}": "没有这一项：{}；有 {}",
    "no such erratum: {}": "没有这一条勘误：{}",
    "pytest is missing: installing it into {}": "没有 pytest：正在安装到 {}",
    "the rest": "其余",
    "{:.0f} s, {} side by side": "用时 {:.0f} 秒，同时运行 {} 章",
    "{} passed, {} failed, {} skipped": "通过 {}，失败 {}，跳过 {}",
    "cannot make an environment with pytest: {}": "无法建立带 pytest 的环境。{}",
    "{:<44} skipped: {}": "{:<44} 跳过。原因：{}",
    "what": "内容",
    "ours": "我们",
    "theirs": "对方",
    "ratio": "倍数",
    "spread": "范围",
    "reach": "目标",
    "load": "负载",
    "{}, against {}": "{}，随 {} 变化",
    " ! more than {:g}": " ! 超过 {:g}",
    "grows as size^{:.2f}": "按 size^{:.2f} 增长",
    "not a saved run of the bench: {!r}": "这不是保存的测量结果。原因：{!r}",
    "{} failed: {!r}": "{} 失败。原因：{!r}",
    "no such picture: {}; --list shows them all": "没有这幅图：{}；--list 列出全部",
    "the same in PowerShell": "同上，在 PowerShell 中",
    "the same in cmd": "同上，在 cmd 中",
}
