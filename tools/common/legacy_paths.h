#pragma once
// The paths of nsc before 2022 (~/.nsc/nats, ~/.nkeys), which tutorials still print, as links into
// today's folders. Why and how: docs/adr/0002-legacy-paths.md.
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "common/nsc_paths.h"

namespace midge::tools {

// Makes and finds the links. Owned by one run of a command; does nothing unless stores and keys are
// at their standard places. A file, folder or link that somebody else put at an old path is never
// touched, and then that path is not offered.
class LegacyPaths {
  public:
    LegacyPaths(const Environment& environment, const NscPaths& paths);

    // Makes the two links in the home folder where nothing stands; to be called when stores and
    // keys exist. Gives the old paths that were made now. A file system without links is no error:
    // nothing is made.
    std::vector<std::filesystem::path> prepare();

    // Old paths below ~/.nkeys.
    [[nodiscard]] std::filesystem::path operator_key(const std::string& operator_name) const;
    [[nodiscard]] std::filesystem::path account_key(const std::string& operator_name,
                                                    const std::string& account) const;
    // `ending`: ".nk" or ".creds".
    [[nodiscard]] std::filesystem::path user_file(const std::string& operator_name,
                                                  const std::string& account,
                                                  const std::string& user,
                                                  const char* ending) const;

    // Makes the old path `legacy` lead to `real`, if `real` exists.
    void link(const std::filesystem::path& legacy, const std::filesystem::path& real) const;
    void unlink(const std::filesystem::path& legacy) const;
    // The path to tell people: the old one where it leads to `real`, else `real`.
    [[nodiscard]] std::filesystem::path shown(const std::filesystem::path& legacy,
                                              const std::filesystem::path& real) const;

  private:
    [[nodiscard]] bool keys_linked() const;

    std::filesystem::path stores_;       // where ~/.nsc/nats leads to
    std::filesystem::path stores_link_;  // ~/.nsc/nats
    std::filesystem::path
        names_;  // where ~/.nkeys leads to: a tree of links named as old releases named the keys
    std::filesystem::path keys_link_;  // ~/.nkeys
    bool enabled_;
};

}  // namespace midge::tools
