#pragma once
// The changes of a reload (docs/protocol/configuration.md, Reload).
#include <string>
#include <vector>

#include "base/result.h"
#include "config/options.h"

namespace midge {

struct OptionChange {
    std::string field;     // nats-server's Go name, as in its messages: "MaxPayload"
    std::string setting;   // the key in the file: "max_payload"
    std::string shown_as;  // name in the log; empty: the key
    std::string before;    // values as text; "[REDACTED]" for secrets
    std::string after;
    bool reloadable = false;

    // Returns the text after "Reloaded: ": "max_payload = 2048", "authorization users".
    [[nodiscard]] std::string reloaded_text() const;
};

// Returns all options with different values, in the order of the options table.
[[nodiscard]] std::vector<OptionChange> diff(const Options& before, const Options& after);

// Fails with "config reload not supported for <field>: old=<v>, new=<v>" for the first change that
// needs a restart, and for a change between no resolver and some resolver.
[[nodiscard]] Result<> check_reload(const Options& before, const std::vector<OptionChange>& changes,
                                    const Options& after);

}  // namespace midge
