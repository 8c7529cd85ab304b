#pragma once
// A .wire file as steps. README.md is the definition of the format.
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
    send,                   // C1>   commands, each with its CRLF
    send_raw,               // C1>>  bytes as written
    close,                  // C1>!  close
    pause,                  // C1>!  pause 20ms
    expect,                 // C1<   these items, in this order
    expect_regex,           // C1<~  one item that the regular expression matches whole
    expect_any_order,       // C1<*  these items, in any order
    expect_closed,          // C1<!  closed
    expect_closed_at_last,  // C1<!  closed at last: what comes before does not matter
    expect_silent,          // C1<!  silent
    expect_share,           // C1|C2<  these items, each at one of the clients
    expect_spread,          // C1&C2<  the same, and no client goes without
};

struct Step {
    int line = 0;
    Action action = Action::send;
    std::vector<std::string> clients;  // one, or several for expect_share and expect_spread
    std::vector<std::string> texts;    // commands or items, not expanded yet
    std::chrono::milliseconds pause{0};
};

struct Script {
    std::string path;
    std::string title;
    std::string config;  // not expanded yet
    std::string
        only;  // the one server that plays it ("nats-server" or "midged"), empty: every server
    bool shows_pings = false;
    bool tcp_only = false;
    JwtDefinitions jwts;
    std::map<std::string, Opening, std::less<>> openings;  // of a client, or "" of all others
    std::vector<Step> steps;
};

// Reads a file and those it refers to with #use. An error names file, line and what was expected.
[[nodiscard]] Result<Script> load_script(const std::string& path);

// Parses one script; `path` is for error texts and to find #use files beside it.
[[nodiscard]] Result<Script> parse_script(const std::string& path, std::string_view text);

}  // namespace midge::wire
