#pragma once
// Plays many scripts: groups scripts with the same config, starts servers for each group, and
// reports.
#include <Poco/Net/SocketAddress.h>

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "support/server_process.h"
#include "wire/runner/client.h"
#include "wire/runner/script.h"

namespace midge::wire {

struct SuiteOptions {
    // Exactly one of the two is set.
    std::optional<test::ServerProgram> program;
    std::optional<Poco::Net::SocketAddress> address;

    std::string plays_as = "midged";  // which `#only` scripts are played
    std::string extra_config;         // added to every script's config
    unsigned jobs = 4;
    ClientOptions client;
};

struct Tally {
    size_t passed = 0;
    size_t failed = 0;
    size_t skipped = 0;
    std::string failures;  // texts about the failed scripts
};

// Plays every script once, and writes one line for each to `out`, with the reason if it fails.
// Scripts with the same config share servers, one after the other on each. Up to `jobs` servers run
// at the same time. With an address, scripts with their own config are skipped.
[[nodiscard]] Tally run_suite(const std::vector<Script>& scripts, const SuiteOptions& options,
                              std::ostream& out);

}  // namespace midge::wire
