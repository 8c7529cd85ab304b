#pragma once
// The example tools of the NATS Go client, whose names tutorials use. Each has one function, and
// prints everything on stderr (docs/protocol/tools.md, Example tools).
#include <string>
#include <string_view>
#include <vector>

#include "common/go_flags.h"
#include "connect_settings.h"

namespace midge::cli::legacy {

// Run with the arguments after the program's name. Return the exit code.
int run_nats_pub(const std::vector<std::string>& words);
int run_nats_sub(const std::vector<std::string>& words);
int run_nats_req(const std::vector<std::string>& words);

inline constexpr int exit_failed = 1;
inline constexpr int exit_bad_flag = 2;

// Prints a line on stderr, like Go's log without flags.
void log_line(std::string_view text);
// Prints the line, and returns exit_failed.
int log_fatal(std::string_view text);

// The flags that all tools have.
struct CommonFlags {
    ConnectSettings connect;
    bool help = false;

    void add_to(tools::GoFlags& flags);
    void add_tls_to(tools::GoFlags& flags);
};

struct ParsedWords {
    std::vector<std::string> arguments;
    int exit_code = -1;  // if not -1: exit with it; errors are already printed
};
struct ArgumentCount {
    size_t min;
    size_t max;
};
// Parses the arguments. Handles help, wrong flags and wrong numbers of arguments. `usage`: the text
// after the tool's name, e.g. "[-s server] <subject> <msg>".
ParsedWords parse_words(const std::string& usage, const tools::GoFlags& flags,
                        const CommonFlags& common, const std::vector<std::string>& words,
                        ArgumentCount count);

}  // namespace midge::cli::legacy
