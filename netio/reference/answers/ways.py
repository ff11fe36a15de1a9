"""Ways to say what many questions speak of, for the `asked` line of an answer: `{PEER} & {GONE}`.

English ways are the beginnings of words.
"""
from __future__ import annotations

PEER = "client|peer|other side|other end|server|user|someone|connection|socket|对方|客户端|对端|服务端|服务器|用户|另一端|连接|有人"
GONE = ("disconnect|left|leave|gone|go away|went away|closed|quit|offline|dead|drops|下线|掉线|断开|断线|断了|退出|离开|关闭了|关了|走了|"
        "挂了|断没断|断网|crash|崩了|崩溃|死机|断电|被杀")
KNOW = "know|notice|detect|tell|check|find out|see if|知道|判断|检测|发现|感知|怎么看"
MANY = ("many|several|multiple|more than one|second|two clients|at once|simultan|same time|concurrent|parallel|"
        "more client|next client|"
        "other client|多个|很多|好几个|好多|第二个|第2个|两个客户|同时|并发|多人|一堆|几个人")
CLIENT = "client|connection|user|people|browser|客户端|客户|连接|用户|人|浏览器|服务"
HANG = ("hang|hung|stuck|freez|block|wait|forever|for ever|never return|nothing happens|not respond|no response|卡|"
        "阻塞|不动|没反应|"
        "没响应|一直等|挂起|死等|不返回|停在|不往下|动不了|没动静")
SLOW = ("slow|not faster|no faster|no speed|slower|same time|not parallel|not running in parallel|not in parallel|"
        "one core|100%|single core|慢|没变快|不快|没快|没提速|没加速|一样的时间|单核|只用一个核|加速")
THREAD = "thread|线程"
PROCESS = "process|child|fork|worker|multiprocessing|进程|子进程"
FILE = "file|文件|图片|视频|picture|image|photo|video"
RESULT = "return value|result|returned|返回值|返回结果|结果|拿到返回|return 的"
WRONG = ("wrong|lost|incorrect|less than|not equal|random|differ|every time|unexpected|不对|不准|算错|出错|错乱|少了|不一样|变少|"
         "不等于|负数|负的|超卖")
STOP = "stop|kill|end|terminate|cancel|quit|exit|停|结束|终止|杀|关掉|退出|取消|中止"
SHARE = "share|sharing|access|same variable|global|variable|counter|共享|全局|变量|计数"
DIFF = "differ|vs|versus|or |better|compare|instead of|区别|不同|不一样|差别|哪个好|还是|比较|对比|和 "
HOW = "how|what|why|explain|mean|purpose|point of|for |怎么|如何|什么|为什么|为啥|啥|干嘛|干什么|作用|有什么用|意思|原理|是不是|能不能|需要|必须|要不要"
SEND = "send|transfer|transmit|pass|exchange|发|传|送"
EMPTY = "empty|nothing|blank|b''|zero byte|0 byte|no data|no content|空|没内容|没有内容|没东西|0字节|什么都没有|读不到|读不出"
CODED = ("charset|garbl|mojibake|gibberish|strange char|weird char|question mark|encoding|unreadable|乱码|问号|方块|编码|"
         "字符集|看不懂的字|chinese|中文|汉字")
WEB = "browser|web|html|http|page|浏览器|网页|网站|页面"
