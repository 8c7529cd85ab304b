#include <fmt/format.h>

#include "command_line.h"

namespace midge {

std::string usage(const std::string& program) {
    return fmt::format(R"(
Usage: {0} [options]

Server:
    -a, --addr, --net, --host <host>  Address to listen on (default: 0.0.0.0)
    -p, --port <port>                 Port for clients, -1 for any free one (default: 4222)
    -n, --name, --server_name <name>  Name of the server (default: its id)
    -c, --config <file>               Configuration file
    -t, --test-config                 Test the configuration file and exit
        --diff <file>                 With -t: say what a reload of the file of -c would do in a server
                                      that runs with this one; exit code 2: it needs a restart
    -P, --pid <file>                  File for the process id
        --ports_file_dir <dir>        Folder for a file with the ports in use, {0}_<pid>.ports
        --client_advertise <address>  Address that clients are told to connect to
    -sl, --signal <signal>[=<pid>]    Send a signal to a running {0}: stop, quit, term, reopen, reload,
                                      ldm (lame duck mode: clients get time to leave);
                                      <pid> is a process id, a pid file, or the start of ids and a '*'
        --daemon                      Run in the background once the server is ready

Windows service:
        --service <action>            install, uninstall, start, stop or status; with --name <name> another one
                                      than "{0}". prepare makes %ProgramData%\Midge for administrators, or
                                      refuses what somebody else has put there. install takes --config <file>, --start auto|manual|delayed, and
                                      with --account <name> an account that needs no password. The service gets
                                      signals by its name: --signal <stop|quit|reopen|reload|ldm>[=<service>]

Logging:
    -l, --log <file>                  File for the log (default: standard error)
    -s, --syslog                      Log to the syslog of this machine
    -r, --remote_syslog <url>         Log to a syslog: udp://host:port, tcp://host:port, unix:///path
        --log_size_limit <bytes>      Size at which the log file is rotated
    -T, --logtime                     Begin log lines with the time (default: true)
        --logtime_utc                 Log the time in UTC
    -D, --debug                       Log at debug level
    -V, --trace                       Log every protocol line
    -VV                               Trace, the system account too
    -DV, -DVV                         Both
        --max_traced_msg_len <bytes>  Bytes of a message that a trace shows (default: all)

Authorization:
        --user <user>                 User that clients must give
        --pass <password>             Its password
        --auth <token>                Token that clients must give

TLS:
        --tls                         Clients connect by TLS; --tls=false: not even if the file says so
        --tlscert, --tlskey <file>    The server's certificate and its key
        --tlsverify                   Clients must show a certificate
        --tlscacert <file>            Of the authorities whose certificates are good
        --help_tls                    Examples for the configuration file

Help:
    -h, --help                        This text
    -v, --version                     The version
        --help-config [setting]       The settings of the configuration file
)",
                       program);
}

}  // namespace midge
