#!/usr/bin/env bats
# What this host has run out of, or keeps for others: ports, descriptors, privileges.
# shellcheck disable=SC2154 # helper.bash sets port, netns.bash ip and ip6
load helper
load netns

@test "source ports that are used up: the range, and how many are in TIME_WAIT" {
	network client
	for address in 127.0.0.1 ::1; do
		sysctl_at client net.ipv4.ip_local_port_range '40000 40099'
		peer_at client "server-$address" --address "$address" hold
		sysctl_at client net.ipv4.ip_local_port_range '50000 50001'
		start_at client "client-$address" python3 -c "
import socket, time
first = socket.create_connection(('$address', $port))
second = socket.create_connection(('$address', $port))
print('ready', flush=True)
time.sleep(60)"
		eventually test -s "client-$address.out"
		run_at client 7 -v -d "$address" "$port"
		expect_line err '  the source ports for that destination are used up: 2 connections to it have ports of the range 50000 to 50001 (net.ipv4.ip_local_port_range), 0 of them in TIME_WAIT'
		expect_match err '^  next: wait for connections in TIME_WAIT'
	done
}

@test "ports in TIME_WAIT are counted" {
	network client
	sysctl_at client net.ipv4.ip_local_port_range '50000 50001'
	start_at client first python3 -c "
import socket, time
server = socket.create_server(('127.0.0.1', 40000))
where = server.getsockname()
for number in (1, 2):
    client = socket.create_connection(where)
    accepted, _ = server.accept()
    client.close()
    while accepted.recv(1):
        pass
    accepted.close()
print(where[1], flush=True)
time.sleep(60)"
	eventually test -s first.out
	run_at client 7 -d 127.0.0.1 "$(cat first.out)"
	expect_match err 'are used up: 2 connections to it .*, 2 of them in TIME_WAIT$'
}

@test "descriptors that are used up: how many there may be" {
	peer server hold
	status=0
	# The search for leaks needs a descriptor of its own.
	(ulimit -n 4 && ASAN_OPTIONS=detect_leaks=0 exec "$HANDSET" -d 127.0.0.1 "$port") >out 2>err 3>&- </dev/null || status=$?
	expect_equal 'status' "$status" 7
	expect_line err 'handset: open a socket (tcp) failed: Too many open files'
	expect_line err '  this process may have no more than 4 descriptors (ulimit -n)'
}

@test "a port that needs a privilege: from which on none does" {
	network client
	run_at client 7 -l 127.0.0.1 80
	expect_line err '  ports below 1024 need a privilege that this user does not have (CAP_NET_BIND_SERVICE)'
	run_at client 7 -p 81 ::1 80
	expect_line err '  ports below 1024 need a privilege that this user does not have (CAP_NET_BIND_SERVICE)'
	sysctl_at client net.ipv4.ip_unprivileged_port_start 90
	run_at client 7 -l 127.0.0.1 80
	expect_match err '^  ports below 90 need a privilege'
}

@test "what to do about a refusal of this host does not speak of that host" {
	run_status 4 -v 127.0.0.1 "$(refusing_port)"
	expect_match err '^  next: see whether the service runs'
	expect_no_match err 'that host'
	run_status 4 -v -u -z 127.0.0.1 "$(refusing_port)"
	expect_match err '^  next: see whether the service runs'
	run_status 4 -v -u 127.0.0.1 "$(refusing_port)" <<<x
	expect_match err '^  next: see whether the service runs'
}
