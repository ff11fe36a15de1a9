"""Copy a folder with a pool of processes, and show the progress (拷贝目录，显示百分比).

用进程池拷贝一个目录，并显示百分比。

    python3 copy_folder.py SOURCE TARGET [PROCESSES]        TARGET must not exist yet; 4

Errata: 42, 120, 124.
"""
import multiprocessing
import os
import shutil
import signal
import sys


def copy(pair):
    """Copy one file; return what went wrong."""
    try:
        shutil.copy2(*pair)  # in blocks, with its times
    except OSError as error:
        return str(error)


def make_folders(source, target):
    pairs, unread = [], []
    # All at first, so that a target in the source is not walked, too; onerror, or what cannot be read is left out.
    for folder, _, names in list(os.walk(source, onerror=unread.append)):
        there = os.path.normpath(os.path.join(target, os.path.relpath(folder, source)))
        os.makedirs(there)  # raises where the target exists: nothing is overwritten
        paths = [(os.path.join(folder, name), os.path.join(there, name)) for name in names]
        pairs += [pair for pair in paths if os.path.isfile(pair[0])]  # a pipe would be waited for
    return pairs, unread


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: python3 copy_folder.py SOURCE TARGET [PROCESSES]")
    try:
        processes = min(max(1, int(sys.argv[3])), 60) if len(sys.argv) > 3 else 4
        pairs, unread = make_folders(sys.argv[1], sys.argv[2])
    except (OSError, ValueError) as error:
        sys.exit(f"not copied: {error}")
    failed = []
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # workers begun now ignore Ctrl-C; the parent then ends its pool
    with multiprocessing.Pool(processes, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for done, result in enumerate(pool.imap_unordered(copy, pairs), 1):
            failed += [result] if result else []
            print(f"\r{done / len(pairs):4.0%}", end="", flush=True)  # no newline: only flush shows it
    print(f"\r{len(pairs) - len(failed)} of {len(pairs)} files copied")
    sys.exit(ascii("; ".join(map(str, unread + failed))) if unread + failed else 0)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, OSError) as error:  # Ctrl-C has no text; a full disk, or nobody reads on (| head)
        sys.stdout = None  # or Python would complain once more at its end
        sys.exit(str(error) or 0)
# Not enough when half a copy must not stay, and links and rights count: netio concurrency.copy_folder
