#pragma once
// The example tools of the NATS Go client, which tutorials use by these names. Each does one thing;
// all they say goes to stderr (spec tools.md 3).
#include <string>
#include <string_view>
#include <vector>

#include "common/go_flags.h"
#include "connect_settings.h"

namespace midge::cli::legacy {

// Run with the words after the program's name; give the process's exit code.
int run_nats_pub(const std::vector<std::string>& words);
int run_nats_sub(const std::vector<std::string>& words);
int run_nats_req(const std::vector<std::string>& words);

inline constexpr int exit_failed = 1;
inline constexpr int exit_bad_flag = 2;

// A line on stderr, as Go's log prints it without flags.
void log_line(std::string_view text);
// The same, and exit_failed for returning.
int log_fatal(std::string_view text);

// The flags that the tools share.
struct CommonFlags {
    ConnectSettings connect;
    bool help = false;

    void add_to(tools::GoFlags& flags);
    void add_tls_to(tools::GoFlags& flags);
};

struct ParsedWords {
    std::vector<std::string> arguments;
    int exit_code = -1;  // not -1: end with it, all is said
};
struct ArgumentCount {
    size_t min;
    size_t max;
};
// Parses, and deals with help, wrong flags and wrong argument counts. `usage`: what follows the
// tool's name, e.g. "[-s server] <subject> <msg>".
ParsedWords parse_words(const std::string& usage, const tools::GoFlags& flags,
                        const CommonFlags& common, const std::vector<std::string>& words,
                        ArgumentCount count);

}  // namespace midge::cli::legacy
