#include <fmt/format.h>

#include "command_line.h"
#include "service_control.h"

namespace midge {

std::string usage(const std::string& program) {
    return fmt::format(R"(
Usage: {0} [options]

Server:
    -a, --addr, --net, --host <host>  Address to listen on (default: 0.0.0.0)
    -p, --port <port>                 Port for clients; -1: any free port (default: 4222)
    -n, --name, --server_name <name>  Name of the server (default: its id)
    -c, --config <file>               Configuration file
    -t, --test-config                 Test the configuration file and exit
        --diff <file>                 With -t: show what changes if a server that runs with this file reloads
                                      the file of -c; exit code 2: the change needs a restart
    -P, --pid <file>                  File for the process id
        --ports_file_dir <dir>        Folder for a file with the ports in use, {0}_<pid>.ports
        --client_advertise <address>  Address that clients are told to connect to
    -sl, --signal <signal>[=<pid>]    Send a signal to a running {0}: stop, quit, term, reopen, reload,
                                      diff, ldm (lame duck mode: clients get time to leave);
                                      diff: show what a reload would change, and which connected accounts it
                                      would lose;
                                      <pid>: a process id, a pid file, or the first digits of process ids and '*'
        --daemon                      Run in the background once the server is ready
{1}
Logging:
    -l, --log <file>                  File for the log (default: standard error)
    -s, --syslog                      Log to the syslog of this machine
    -r, --remote_syslog <url>         Log to a syslog: udp://host:port, tcp://host:port, unix:///path
        --log_size_limit <bytes>      Size at which the log file is rotated
    -T, --logtime                     Begin each log line with the time (default: true)
        --logtime_utc                 Log the time in UTC
    -D, --debug                       Log at debug level
    -V, --trace                       Log every protocol line
    -VV                               Log every protocol line, including those of the system account
    -DV, -DVV                         Both -D and -V, or -D and -VV
        --max_traced_msg_len <bytes>  Maximum number of bytes of a message that a trace shows (default: all)

Authorization:
        --user <user>                 User name that clients must send
        --pass <password>             Password of that user
        --auth <token>                Token that clients must send

TLS:
        --tls                         Clients connect by TLS; --tls=false: without TLS, whatever the file says
        --tlscert, --tlskey <file>    Certificate of the server, and its private key
        --tlsverify                   Clients must present a valid certificate
        --tlscacert <file>            Certificates of the authorities that sign client certificates
        --help_tls                    Show TLS examples for the configuration file

Help:
    -h, --help                        Show this text
    -v, --version                     Show the version
        --help-config [name]          Show the settings of the configuration file and of plugins, or of one section, setting or plugin
)",
                       program, service_usage(program));
}

}  // namespace midge
