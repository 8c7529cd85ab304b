#pragma once
// What a reload changes (spec config.md 15).
#include <string>
#include <vector>

#include "base/result.h"
#include "config/options.h"

namespace midge {

struct OptionChange {
    std::string field;     // nats-server's Go name, as its messages say: "MaxPayload"
    std::string setting;   // the key in the file: "max_payload"
    std::string shown_as;  // how the log calls it instead; empty: by its key
    std::string before;    // values as text; "[REDACTED]" for secrets
    std::string after;
    bool reloadable = false;

    // "max_payload = 2048", "authorization users": what follows "Reloaded: ".
    [[nodiscard]] std::string reloaded_text() const;
};

// Every option whose value differs, in the order of the options table.
[[nodiscard]] std::vector<OptionChange> diff(const Options& before, const Options& after);

// Fails with "config reload not supported for <field>: old=<v>, new=<v>" on the first change that
// needs a restart, and on a move from or to no resolver at all.
[[nodiscard]] Result<> check_reload(const Options& before, const std::vector<OptionChange>& changes,
                                    const Options& after);

}  // namespace midge
