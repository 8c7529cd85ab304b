#pragma once
// A folder with JWTs, and a resolver-dir that uses it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "host/plugin_resolver.h"
#include "plugin/plugin_support.h"
#include "resolver-dir/dir_resolver.h"
#include "support/temp_folder.h"

namespace midge::test {

namespace fs = std::filesystem;

inline std::vector<std::string> names_in(const fs::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory)) {
        names.push_back(entry.path().filename().string());
    }
    return names;
}

class DirResolverTest : public ::testing::Test {
  protected:
    // `more`: further members of the settings, such as `,"limit":1`.
    Result<std::unique_ptr<PluginResolver>> make(const std::string& more = "") {
        JsonWriter dir;
        dir.value(dir_.string());
        return PluginResolver::create(*resolver_dir_table(),
                                      {"{\"dir\":" + dir.take() + more + "}", patience}, {}, log_);
    }
    std::unique_ptr<PluginResolver> open(const std::string& more = "") {
        auto made = make(more);
        EXPECT_TRUE(made) << made.error().text;
        return made ? std::move(*made) : nullptr;
    }
    void place(const std::string& name, const std::string& content) const {
        fs::create_directories(dir_);
        folder_.write("jwts/" + name, content);
    }

    CaptureLogger log_;
    const TempFolder folder_;
    const fs::path dir_ = folder_.path() / "jwts";
    const std::string a_ = account_key(1);
    const std::string b_ = account_key(2);
};

}  // namespace midge::test
