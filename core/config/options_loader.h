#pragma once
// Loads a configuration file to Options: checks syntax, keys, types and limits
// (docs/protocol/configuration.md).
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config_parser.h"
#include "config/options.h"

namespace midge {

// Checks of keys and JWTs, which core/config cannot decode itself. A missing check accepts any
// text.
struct CredentialChecks {
    // Takes the content of an operator's file, decorated or bare. Returns the bare JWT.
    std::function<Result<std::string>(const std::string& content)> operator_jwt;
    std::function<Result<>(const std::string& jwt)> account_jwt;
    // Whether `key` is a public key that starts with `role`: 'O', 'A' or 'U'.
    std::function<bool(const std::string& key, char role)> public_key;
    // Checks that a tls block is usable; reads its files.
    std::function<Result<>(const TlsOptions& tls)> tls;
};

// Places of top-level settings, as "server.conf, line 4, column 1", by name in lower case.
using SettingPlaces = std::map<std::string, std::string, std::less<>>;

struct LoadedOptions {
    Options options;  // config_file and config_digest filled in
    // "<file>:1:0: invalid use of field ...", for standard error. A configuration test fails if
    // there are any.
    std::vector<std::string> warnings;
    SettingPlaces places;
};

// Reads `path` and applies it to the defaults. Fails with all warnings and errors of the file, one
// on each line. Settings of nats-server that Midge does not have fail with `<file>:<line>:<col>:
// "<key>" is not supported yet`.
[[nodiscard]] Result<LoadedOptions> load_options(const std::string& path,
                                                 const ConfigSources& sources,
                                                 const CredentialChecks& checks = {});

// The same for a text in memory; `path` is its name.
[[nodiscard]] Result<LoadedOptions> load_options_from_text(std::string_view text,
                                                           const std::string& path,
                                                           const ConfigSources& sources,
                                                           const CredentialChecks& checks = {});

// Checks settings that depend on each other, after the flags were applied
// (docs/protocol/configuration.md, Checks between settings). As in nats-server, a configuration
// test does not include this. `places` are of the file, for explanations.
[[nodiscard]] Result<> check_options(const Options& options, const CredentialChecks& checks = {},
                                     const SettingPlaces& places = {});

// Adds the explanation to an error of check_options(), or to another error without place:
// "<nats-server's text> -- server.conf, line 4, column 1: ...". Returns other texts unchanged.
[[nodiscard]] std::string explain_check(const std::string& text, const Options& options,
                                        const SettingPlaces& places);

}  // namespace midge
