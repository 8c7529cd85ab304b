#pragma once
#include <filesystem>

#include "base/encoding.h"
#include "base/random.h"

namespace midge::tools {

// A new folder that is deleted with its content at the end of the test.
class TemporaryFolder {
  public:
    TemporaryFolder()
        : path_(std::filesystem::canonical(std::filesystem::temp_directory_path()) /
                ("midge-test-" + hex_encode(random_bytes(8)))) {
        std::filesystem::create_directories(path_);
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace midge::tools
