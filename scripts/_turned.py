"""Each proof of the errata with its claim turned round: (what the proof has, what it has if the notes are right).

`prove_errata.py --turned` runs the proofs so changed. Each must fail: a proof that holds in either case proves nothing.
"""
from __future__ import annotations

TURNED = {
    'test_01_readline_keeps_newline': ('file.readline() == "one\\n"', 'file.readline().rstrip() == "one\\n"'),
    'test_02_cutting_the_last_character': ('line[:-1]', 'line.rstrip()'),
    'test_03_runs_of_spaces': ('line.split(" ") if i != " "] ==', 'line.split(" ") if i.strip()] =='),
    'test_04_the_early_stop_needs_the_same_order': ('apple 1\\nZoo 2\\nzebra 3', 'Zoo 2\\napple 1\\nzebra 3'),
    'test_05_every_error_is_a_missing_file': ('list(files.read_chunks(tmp_path))', "open(tmp_path / 'missing')"),
    'test_06_seek_in_text_mode': ('file.seek(0, 2) == 10 and', 'file.seek(-1, 2) == 10 and'),
    'test_07_line_buffering_of_bytes': ('[0, 5] and', '[5, 5] and'),
    'test_08_a_hole_takes_no_room': (
        'files.make_sparse(tmp_path / "download", 10 << 30)',
        "(tmp_path / 'download').write_bytes(bytes(2 << 20))"),
    'test_09_descriptors_come_again': ('with open(path) as second:', 'with open(path), open(path) as second:'),
    'test_10_not_every_str_becomes_bytes': ('text.encode(encoding)', "text.encode(encoding, 'replace')"),
    'test_49_the_offset_after_open': ('"a+") as file', '"r+") as file'),
    'test_50_the_log_after_a_crash': (
        'torn = b"1, 2026-01-31 08:00:00\\n2, 2026-01-"',
        'torn = b"1, 2026-01-31 08:00:00\\n2, 2026-01-\\n"'),
    'test_51_the_last_piece_is_not_the_explanation': ('adv. 很好；n. 井', '很好'),
    'test_52_a_word_without_spaces_behind_it': ('cat\\ndog\\t狗\\n', 'cat \\ndog 狗\\n'),
    'test_53_open_without_an_encoding': ('encoding="gbk")', 'encoding="utf-8")'),
    'test_54_the_buffer_at_the_end_of_the_program': ('os._exit(1)', 'sys.exit(1)'),
    'test_55_mode_w_empties_before_it_writes': (
        'open(path, "w", encoding="utf-8") as file',
        'open(path, "r+", encoding="utf-8") as file'),
    'test_65_a_bytes_literal_takes_ascii_only': ('compile(\'b"中文"\'', 'compile(\'b"abc"\''),
    'test_66_every_binary_is_bytes_and_not_every_bytes_is_text': ('data.decode()', "data.decode('latin-1')"),
    'test_67_full_width_signs': (
        'compile(wrong, "notes"',
        'compile(wrong.translate(str.maketrans(\'：（），\', \':(),\')), "notes"'),
    'test_69_true_is_not_a_name': ('exec("while true: break", {})', 'exec("while True: break", {})'),
    'test_70_tabs_and_spaces': (
        'compile(wrong, "notes"',
        'compile(wrong.replace(\'    \\t\', \' \' * 8).replace(\'\\t\', \'    \'), "notes"'),
    'test_71_printing_a_line_with_its_newline': ('print(i, file=theirs)', "print(i, end='', file=theirs)"),
    'test_72_a_plus_differs_from_r_plus_in_more': (
        'open(tmp_path / "missing", "r+")',
        'open(tmp_path / "missing", "a+")'),
    'test_73_flush_does_not_reach_the_disk': (
        '_pyio.open(tmp_path / "notes", "w")',
        'os.fdopen(os.open(tmp_path / "notes", os.O_WRONLY | os.O_CREAT | os.O_SYNC), "w")'),
    'test_74_negative_offsets_need_whence': ('file.seek(-3)\n', 'file.seek(0)\n'),
    'test_75_append_mode_writes_at_the_end_wherever_one_seeks': ('"ab+") as file', '"rb+") as file'),
    'test_76_seek_is_a_method': ('exec("seek(0, 0)", {})', 'exec("seek(0, 0)", {\'seek\': print})'),
    'test_77_sleeping_a_second_is_not_each_second': ('time.sleep(1)', 'time.sleep(0.75)'),
    'test_78_isfile_is_not_exists': ('not os.path.isfile(path)', 'not os.path.exists(path)'),
    'test_145_readline_reads_bytes_and_a_size_cuts': ('file.readline(3) for', 'file.readline() for'),
    'test_146_print_may_fail': ('("gbk", "utf-8")', '("utf-8", "utf-8")'),
    'test_147_the_parameter_is_called_mode': ('"access_mode": "r"', '"mode": "r"'),
    'test_148_a_name_without_quotes': ('(path.name, repr', '(repr(str(path)), repr'),
    'test_149_a_block_is_no_line': ('file.read(98)', 'file.readline()'),
    'test_150_no_tell_in_a_loop': ('for _ in file:', 'while file.readline():'),
    'test_162_a_binary_file_takes_buffers': ('file.write(data)', 'file.write({bytes: data}[type(data)])'),
    'test_24_the_format_cuts_the_name': (
        'struct.unpack("2sif", struct.pack("2sif", b"lily", 16, 170.1))[0] == b"li"',
        'struct.unpack("4sif", struct.pack("4sif", b"lily", 16, 170.1))[0] == b"li"'),
    'test_24_a_format_without_prefix_is_native': ('struct.calcsize("i10sif") !=', 'struct.calcsize("!i10sif") !='),
    'test_25_one_recv_is_not_one_record': ('stream[:arrives])', 'stream[:21])'),
    'test_26_rstrip_does_not_take_nul_away': ('packed.rstrip() == packed', "packed.rstrip(b'\\0') == packed"),
    'test_26_a_name_is_cut_inside_a_character': ('struct.pack("4s"', 'struct.pack("6s"'),
    'test_64_a_float_does_not_come_back_as_it_went': (
        'struct.unpack("!f", struct.pack("!f"',
        'struct.unpack("!d", struct.pack("!d"'),
    'test_03_splitting_by_one_space_keeps_empty_strings': ('split(" ") if i != " "]', 'split()]'),
    'test_109_i_is_not_every_integer': ('struct.pack("!i", 2 ** 31)', 'struct.pack("!q", 2 ** 31)'),
    'test_110_a_browser_is_no_student': (
        'struct.unpack("i12sif", request)',
        "struct.unpack(f'{len(request)}s', request)"),
    'test_111_one_record_a_connection': (
        'saved.append(Student.unpack(connfd.recv(Student.layout.size)).id)',
        "saved += [Student.unpack(connfd.recv(Student.layout.size)).id for _ in '12']"),
    'test_112_chr_makes_characters_not_bytes': ('chr(200).encode() == ', 'chr(20).encode() == '),
    'test_137_a_variable_called_str_hides_str': ('exec("str = \'1', 'exec("text = \'1'),
    'test_11_sock_stream': ('"SOCKET_STREAM"', '"SOCK_STREAM"'),
    'test_12_send_may_take_a_part': (
        'left.settimeout(0.2)\n    sent = left.send(data)',
        'sent = (lambda: len(data))()'),
    'test_13_bytes_are_never_equal_to_str': ('not in [line.rstrip()]', 'not in [line.rstrip().decode()]'),
    'test_14_empty_reads_break_no_pipe': ('tcp.half_close(left)', 'tcp.abort(left)'),
    'test_14_what_breaks_is_writing_after_a_reset': ('tcp.abort(left)', 'tcp.half_close(left)'),
    'test_15_pacing_cures_nothing': (
        'server.recv(1024) == b"accountpassword"',
        'server.recv(7) == b"accountpassword"'),
    'test_16_reuse_after_bind_is_too_late': (
        'sock.bind(address)\n            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)',
        'sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n            sock.bind(address)'),
    'test_16_on_windows_the_port_is_kept_exclusive': ('SO_EXCLUSIVEADDRUSE"] and', 'SO_REUSEADDR"] and'),
    'test_17_every_connected_socket_has_a_peer': (
        'datagrams.connect(("127.0.0.1", 9))',
        'datagrams.bind(("127.0.0.1", 0))'),
    'test_18_the_queue_of_listen_matters': ('get_in(1), get_in(100)', 'get_in(100), get_in(100)'),
    'test_56_recv_5_needs_no_three_reads': ('right.recv(5) == b"abc"', 'len(right.recv(5)) == 5'),
    'test_68_statements_that_do_not_parse': ('compile(wrong, "notes"', 'compile(right, "notes"'),
    'test_79_connect_needs_no_accept': (
        'tcp.listen(("127.0.0.1", 0)) as listener,',
        'socket.socket() as listener, (listener.bind(("127.0.0.1", 0)) or socket.socket()),'),
    'test_80_an_address_is_not_always_a_pair': (
        'host, port = listener.getsockname()\n',
        'host, port = listener.getsockname()[:2]\n'),
    'test_86_0_0_0_0_is_no_address_of_its_own': ('found[-1] == dialled', 'found[-1] == listener.getsockname()[0]'),
    'test_87_the_module_and_the_class_have_one_name': (
        'socket.socket(AF_INET)", NameError',
        'socket.socket(socket.AF_INET)", NameError'),
    'test_88_names_spelt_wrong': ("pritnt('')", "print('')"),
    'test_89_a_client_with_a_fixed_port_runs_once': ('run(port)\n', 'run(0)\n'),
    'test_100_an_empty_line_sends_nothing': ('left.send("".encode()) == 0', 'left.send("x".encode()) == 1'),
    'test_101_recv_may_raise_when_the_peer_goes': ('tcp.abort(left)', 'tcp.half_close(left)'),
    'test_102_an_end_is_not_the_end_of_the_file': ('left.sendall(whole[:3000])', 'left.sendall(whole)'),
    'test_138_a_socket_is_not_like_every_file': (
        'os.lseek(right.fileno(), 0, os.SEEK_SET)',
        'os.fstat(right.fileno())'),
    'test_139_all_that_holds_bytes_can_be_sent': ('left.sendall(bytearray(b"he"))', "left.sendall('he')"),
    'test_151_more_names_than_127_0_0_1': ('("localhost", ', '("127.0.0.255", '),
    'test_19_sendto_takes_bytes': ('server.sendto("Thanks", ', 'server.sendto(b"Thanks", '),
    'test_19_recvfrom_returns_data_first_and_only_str_encodes': ('addr, datas = server', 'datas, addr = server'),
    'test_20_sending_to_nobody_may_well_give_an_error': (
        'with udp.Client(address) as client',
        "with udp.Server(('127.0.0.1', 0), lambda datagram: b'x') as there, udp.Client(there.address) as client"),
    'test_21_the_dictionary_server_dies_of_an_unknown_word': (
        'notes_answer({}.get, b"unknown")',
        'notes_answer({\'unknown\': \'\'}.get, b"unknown")'),
    'test_57_a_cut_datagram_is_not_noticed_by_recvfrom': ('server.recvfrom(5)[0] ==', 'server.recvfrom(50)[0] =='),
    'test_58_a_broadcast_address_need_not_end_in_255': ('"10.77.0.0/20").', '"10.77.0.0/24").'),
    'test_59_bind_is_not_optional_for_a_server': (
        'as server:\n        if',
        'as server:\n        server.bind(("127.0.0.1", 0))\n        if'),
    'test_103_a_lost_datagram_is_waited_for_for_ever': ('if len(lost) < 2:', 'if len(lost) < 0:'),
    'test_104_recvfrom_takes_anybodys_answer': (
        '(taken, sender) == (b"forged", stranger.getsockname())',
        'sender == server.getsockname()'),
    'test_152_an_empty_datagram_is_no_end': ('stranger.sendto(b"",', 'stranger.sendto(b"x",'),
    'test_22_a_response_with_the_wrong_line_ends_and_no_length': (
        'ours.send(NOTES_RESPONSE)',
        'ours.send(NOTES_RESPONSE.encode())'),
    'test_23_one_recv_is_taken_for_a_request': (
        'theirs.sendall(b"GE")',
        'theirs.sendall(b"GET / HTTP/1.1\\r\\n\\r\\n")'),
    'test_23_a_spare_connection_says_nothing': ('theirs.close()', 'theirs.sendall(b"GET / HTTP/1.1\\r\\n\\r\\n")'),
    'test_60_the_target_is_not_a_file_name': ('"site") + target', '"site") + \'/茶.html\''),
    'test_61_the_version_is_not_fixed': ('HTTP/{version}', 'HTTP/1.1'),
    'test_62_send_may_take_only_a_part': ('taken < len(page)', 'taken == len(page)'),
    'test_63_closing_at_once_can_lose_the_answer': ('connection.recv(100)', 'connection.recv(6000)'),
    'test_105_accept_is_a_method_and_the_listener_receives_nothing': (
        'datas, addr = accept()", {})',
        'datas, addr = accept()", {\'accept\': lambda: (1, 2)})'),
    'test_106_the_reason_is_for_people': (
        'read.status == int(line[:3]) ==',
        'read.reason == REASONS[int(line[:3])] and read.status =='),
    'test_107_a_missing_page_must_not_end_the_server': (
        'open(tmp_path / "heml.index")',
        'open(tmp_path / "heml.index", \'w\').close()'),
    'test_108_the_close_behind_an_endless_loop': (
        'browser.settimeout(0.1)',
        'connfd.close(); browser.settimeout(0.1)'),
    'test_141_text_html_says_no_characters': (
        'Content-Type:text/html\\r',
        'Content-Type:text/html; charset=utf-8\\r'),
    'test_153_methods_are_in_capitals': ('("get", theirs)', '("GET", theirs)'),
    'test_27_a_fork_that_fails_raises': ('    pid = os.fork()', '    pid = -1'),
    'test_28_unflushed_output_appears_twice': (
        'output_after_fork(flush=False) == "hello hello"',
        'output_after_fork(flush=True) == "hello hello"'),
    'test_29_status_is_not_always_code_times_256': (
        'jobs.die_by, signal.SIGKILL), 0)',
        'sys.exit, signal.SIGKILL), 0)'),
    'test_30_the_second_child_runs_on_into_the_program': ('            f1()\n', '            f1(); os._exit(0)\n'),
    'test_31_ignoring_sigchld_loses_exit_codes': ('signal.SIG_IGN', 'signal.SIG_DFL'),
    'test_32_signals_not_semaphores_collect_children': (
        'until_zombie(pid)',
        'os.waitpid(pid, 0)'),
    'test_33_closing_in_one_process_leaves_the_others_open': ('(b"012", b"345", b"012")', '(b"012", b"", b"012")'),
    'test_34_a_name_in_quotes_is_a_file_of_that_name': (
        'COPY_HALF.format(**{**right, **wrong})',
        'COPY_HALF.format(**right)'),
    'test_37_the_first_argument_of_process_is_group': (
        'multiprocessing.Process(divmod, args=(7, 2))',
        'multiprocessing.Process(None, divmod, args=(7, 2)); assert wrong.run() is divmod'),
    'test_40_a_daemon_outlives_a_parent_that_was_killed': (
        'left_over = end_parent(by_signal=True)',
        'left_over = end_parent(by_signal=False)'),
    'test_42_a_pool_without_its_guard_and_errors_that_nobody_gets': ('print("all is well")', 'result.get()'),
    'test_43_sys_exit_ends_one_thread_only': (
        'target=sys.exit, args=(3,)',
        "target=__import__('os')._exit, args=(3,)"),
    'test_44_a_thread_class_must_call_super': ('self.args = args', 'super().__init__()'),
    'test_45_threads_do_run_in_parallel_where_the_lock_is_let_go': ('hashlib.sha256(block)', 'sum(range(100))'),
    'test_81_fork_is_not_linuxs_alone': ('(os.name == "posix")', "(os.name == 'no system')"),
    'test_82_a_forked_child_can_read_its_input': ('print(input())', 'sys.stdin.close() or print(input())'),
    'test_83_a_global_can_be_set_without_the_statement': ('[0] * len(binding)', '[1] * len(binding)'),
    'test_84_names_that_do_not_exist': ('exec(compile(wrong,', 'exec(compile(right,'),
    'test_85_sys_exit_in_a_child_runs_its_parents_endings': (
        '        sys.exit()\\n    os.wait',
        '        os._exit(0)\\n    os.wait'),
    'test_113_an_integer_has_more_than_four_bytes': ('(1, 2 ** 30, 2 ** 300)', '(1, 1, 1)'),
    'test_114_the_letter_l_is_for_threads': ('threading.Thread(target=end.wait).start()', 'pass'),
    'test_115_fork_copies_one_thread_only': ('lock.acquire(timeout=0.01) * 2', 'True * 2'),
    'test_116_exit_without_flush': ("print('done')\\nos._exit(0)", "print('done', flush=True)\\nos._exit(0)"),
    'test_117_who_adopts_an_orphan': ('(36, 1, 0, 0, 0)', '(36, 0, 0, 0, 0)'),
    'test_118_wait_takes_any_child': (
        'meant = fork_child(os.read, reader, 1)',
        'meant = fork_child(int); until_zombie(meant)'),
    'test_119_behind_sys_exit_nothing_runs': ('    {}sys.exit()', '    {}os._exit(0); sys.exit()'),
    'test_120_a_process_that_nobody_joins_is_a_zombie': (
        '    before = process_state',
        '    child.join()\n    before = process_state'),
    'test_121_join_tells_nothing': ('first is second is None', 'first is False and second is True'),
    'test_122_a_parent_waits_for_its_children': (
        'kwargs={"flush": True}).start()',
        'kwargs={"flush": True}, daemon=True).start()'),
    'test_123_a_daemon_may_have_no_children': ('text.format(True)', 'text.format(False)'),
    'test_124_pool_is_of_processes': ('(ThreadPool, multiprocessing.Pool)', '(ThreadPool, ThreadPool)'),
    'test_133_threads_of_one_process_run_on_different_cpus': ('seen == cpus', 'len(set(seen)) == 1'),
    'test_134_start_does_not_call_run': ('theirs.run()', 'theirs.start(); theirs.join()'),
    'test_135_two_locks_guard_nothing': ('threading.Lock(), threading.Lock(), 60', 'one, one, 0.05'),
    'test_136_ignoring_sigchld_blinds_multiprocessing': ('signal.SIG_IGN', 'signal.SIG_DFL'),
    'test_140_taking_turns_is_not_running_in_parallel': ('len(set(served_by)) == 1', 'len(set(served_by)) == 2'),
    'test_142_the_end_of_a_session_ends_its_children': ('("stay", "setsid")', '("setsid", "stay")[:1] * 2'),
    'test_143_ignoring_is_inherited_over_exec': ('signal.SIG_IGN); ', 'signal.SIG_DFL); '),
    'test_144_a_lock_blocks_its_own_holder': ('lock, again = threading.Lock()', 'lock, again = threading.RLock()'),
    'test_154_memory_is_copied_on_write': (
        '    before = own()\\n',
        '    large = bytearray(large); before = own()\\n'),
    'test_155_exit_needs_its_code': ('text.format("")', 'text.format("0")'),
    'test_156_an_exit_code_has_eight_bits': ('(2, 256, 257, "text")', '(2, 255, 254, "text")'),
    'test_157_a_daemon_stops_anywhere': ('daemon=True', 'daemon=False); go.set(); (lambda **_: 0)('),
    'test_158_as_many_workers_as_cpus': ('len(ThreadPool()._pool)', 'os.cpu_count() + 1'),
    'test_159_a_notice_before_the_wait_is_lost': (
        'lost = not changed.wait(0.02)',
        'lost = not changed.wait_for(lambda: state, 0.02)'),
    'test_160_true_is_not_set_now': ('        event.clear()\n    answer', '        pass\n    answer'),
    'test_161_nothing_printed_proves_nothing': (
        'watch_pair(3, NO_LOCK, seconds=10)',
        'watch_pair(3, threading.Lock())'),
    'test_163_a_connection_ends_with_its_last_copy': (
        'client.settimeout(0.05)',
        'connfd.close(); client.settimeout(0.05)'),
    'test_35_ok_is_not_ok': ('there.send("OK")', 'there.send("ok")'),
    'test_36_not_any_type': ('here.send(lambda: None)', 'here.send(print)'),
    'test_37_the_first_argument_is_not_the_target': ('== "group"', '== "target"'),
    'test_38_release_never_blocks': ('theirs.acquire(False) and not', 'not theirs.acquire(False) and not'),
    'test_39_plus_equals_loses_updates': (
        'old = theirs.value\n        meeting.wait(60)\n        theirs.value = old + 1',
        'meeting.wait(60)\n        with theirs.get_lock():\n            theirs.value += 1'),
    'test_41_empty_and_join': (
        'process.join(0.5)',
        'theirs.get(); [theirs.get() for _ in range(workers.LARGE - 1)]; process.join(30)'),
    'test_46_one_pipe_two_names': (
        'end, end = multiprocessing.Pipe()',
        "end, other = multiprocessing.Pipe(); other.send('x')"),
    'test_47_shared_memory_is_not_always_written_from_its_start': ('theirs[4] = b"!"', 'theirs[0] = b"!"'),
    'test_48_a_number_is_no_loop': ('in 10:', 'in range(10):'),
    'test_125_both_ends_of_a_pipe_read_and_write': (
        'one, other = multiprocessing.Pipe()',
        'other, one = multiprocessing.Pipe(False)'),
    'test_126_globals_do_not_reach_a_spawned_child': ('workers.FILLED == []', 'workers.FILLED != []'),
    'test_127_a_newline_flushes_a_terminal_only': ('(False, True)', '(True, True)'),
    'test_128_a_shared_number_wraps': ('THEIRS.value = 2 ** 31\n', 'THEIRS.value = 2 ** 31 - 1\n'),
    'test_129_multiprocessing_is_a_module_and_most_of_these_are_functions': (
        'isinstance(THEIRS, multiprocessing.Value)',
        'isinstance(THEIRS, multiprocessing.Process)'),
    'test_130_bytes_cannot_be_changed': ('text = b"hello"', 'text = bytearray(b"hello")'),
    'test_131_pipes_and_queues_share_no_memory': ('got = there.recv()', 'got = there.recv() and sent'),
    'test_132_an_error_between_acquire_and_release': (
        'theirs.acquire()\n        1 / 0\n        theirs.release()',
        'with theirs:\n            1 / 0'),
    'test_164_it_is_the_time_that_counts': ('computing < elapsed / 2', 'computing > elapsed / 2'),
    'test_165_text_and_binary_files_are_of_two_types': ('("rb", None)', '("r", "latin-1")'),
    'test_166_the_buffer_is_pythons': ('"wb", buffering=-1)', '"wb", buffering=0)'),
    'test_167_seek_writes_the_buffer_too': ('file.seek(0)', 'file.closed'),
    'test_168_an_offset_counts_no_characters': ('sample("茶a', 'sample("tea'),
    'test_169_a_connection_is_no_client': ('first[1] != second[1]', 'first[1] == second[1]'),
    'test_170_sent_is_not_arrived': ('right.close()  # nobody will read', 'tcp.abort(right)'),
    'test_171_recv_may_tear_a_character': ('recv_exactly(right, 4)', 'recv_exactly(right, 6)'),
    'test_172_the_end_comes_from_the_sender': ('left.sendall(bytes(100_000))', 'assert left.recv(1) == b""; break'),
    'test_173_the_address_is_not_known_yet': (
        '"server_addr": server',
        '"addr": server.getsockname(), "server_addr": server'),
    'test_174_http_needs_no_tcp': ('socket.socketpair()', 'tcp.connect_pair()'),
    'test_175_headers_are_no_dictionary': ('Set-Cookie: b=2', 'Set-Cookie2: b=2'),
    'test_176_the_order_is_the_machines': ('bytes(ctypes.c_int32(1))', 'bytes(ctypes.c_int32(1))[::-1]'),
    'test_177_a_wrong_format_raises_nothing': ('struct.unpack("<i", ', 'struct.unpack("<h", '),
    'test_178_a_line_of_three_words_ends_the_client': ('"1 lily 16",', '"1 lily 16 170.1",'),
    'test_179_an_answer_that_nobody_reads': ('(False, True)', '(True, True)'),
    'test_180_there_is_a_third_way': ('await asyncio.sleep(0)', 'pass'),
    'test_181_zero_is_no_number_without_meaning': ('os.kill(pid, signal', 'os.kill(os.getpid(), signal'),
    'test_182_a_signal_is_no_count': ('signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])', ''),
    'test_183_two_opens_still_overwrite': ('("w", "a")', '("a", "w")[:1] * 2'),
    'test_186_a_lock_is_no_better_event': (
        'lock.acquire(timeout=0.01)',
        'lock.release() if lock.locked() else lock.acquire()'),
    'test_187_ctrl_c_ends_one_thread_only': ('"fun", False', '"fun", True'),
    'test_188_a_function_that_nobody_calls': ('("", ', '("main()\\n", '),
    'test_184_a_pipe_ends_with_its_last_copy': (
        'fork_child(os.read, ready, 1, warn_threads=False)',
        'fork_child(int); wait_child(child, 30)'),
    'test_185_release_makes_places': ('    theirs.release()\n', ''),
}
