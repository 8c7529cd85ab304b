#pragma once
// The steps of a .wire file. README.md defines the format.
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/runner/connection.h"
#include "wire/runner/values.h"

namespace midge::wire {

enum class Action {
    send,                   // C1> commands, each followed by CRLF
    send_raw,               // C1>> exactly these bytes
    close,                  // C1>!  close
    pause,                  // C1>!  pause 20ms
    expect,                 // C1<   these items, in this order
    expect_regex,           // C1<~ one item that the whole regular expression matches
    expect_any_order,       // C1<*  these items, in any order
    expect_closed,          // C1<!  closed
    expect_closed_at_last,  // C1<! closed at last: earlier items are ignored
    expect_silent,          // C1<!  silent
    expect_share,           // C1|C2< these items, each received by one of the clients
    expect_spread,          // C1&C2< the same, and each client receives at least one
};

struct Step {
    int line = 0;
    Action action = Action::send;
    std::vector<std::string> clients;  // one client; several for expect_share and expect_spread
    std::vector<std::string> texts;    // commands or items, not expanded yet
    std::chrono::milliseconds pause{0};
};

struct Script {
    std::string path;
    std::string title;
    std::string config;  // not expanded yet
    std::string
        only;  // the only server that plays it ("nats-server" or "midged"); empty: every server
    bool shows_pings = false;
    bool tcp_only = false;
    JwtDefinitions jwts;
    std::map<std::string, Opening, std::less<>> openings;  // by client; "" for all others
    std::vector<Step> steps;
};

// Reads a file and the files that it includes with #use. The error names the file, the line and the
// expected text.
[[nodiscard]] Result<Script> load_script(const std::string& path);

// Parses one script. `path` is for error texts, and its folder is that of #use files.
[[nodiscard]] Result<Script> parse_script(const std::string& path, std::string_view text);

}  // namespace midge::wire
