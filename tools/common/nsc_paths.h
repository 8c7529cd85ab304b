#pragma once
// The places of nsc's files (docs/protocol/tools.md, Files of nsc).
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge::tools {

// The environment of the process; tests fill it in.
struct Environment {
    std::filesystem::path home;
    std::filesystem::path working_folder;
    std::string xdg_config_home;
    std::string xdg_data_home;
    std::string nsc_home;    // folder of nsc.json (deprecated)
    std::string nkeys_path;  // folder of the key store (deprecated)
    bool cwd_only = false;   // NSC_CWD_ONLY
    bool no_git_ignore = false;

    // Fails if the home folder or the working folder is unknown.
    [[nodiscard]] static Result<Environment> from_process();
};

// Flags for single folders; empty: not given.
struct PathFlags {
    std::string config_dir;
    std::string data_dir;
    std::string keystore_dir;
    std::string all_dirs;  // replaces the other three
};

struct NscPaths {
    std::filesystem::path config;  // the folder of nsc.json
    std::filesystem::path stores;  // one folder per operator
    std::filesystem::path keys;    // the key store
    bool stores_given = false;     // given by a flag, which has priority over the stored setting
    // Whether stores and keys are at the standard places of nsc: there is no flag, variable or
    // older installation that moves them.
    bool standard = false;
};

// Returns "~/.local/share/nats/nsc", the default folder of stores and keys.
[[nodiscard]] std::filesystem::path standard_data_folder(const Environment& environment);

// For each folder, returns the flag, or else the deprecated variable, or else the current standard
// place. If a place of older releases exists (~/.nsc/nsc.json, ~/.nsc/nats, ~/.nkeys) and the
// current one does not, returns the older place.
[[nodiscard]] NscPaths resolve_paths(const Environment& environment, const PathFlags& flags);

// Expands a path from the user: a leading "~" is the home folder, and a relative path starts at the
// working folder.
[[nodiscard]] std::filesystem::path expand_path(const Environment& environment,
                                                std::string_view path);
// Replaces the home folder with "~", for messages.
[[nodiscard]] std::string abbreviate_home(const Environment& environment,
                                          const std::filesystem::path& path);

}  // namespace midge::tools
