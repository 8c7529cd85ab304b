#include "support/temp_folder.h"

#include <fstream>
#include <sstream>
#include <system_error>

#include "base/random.h"

namespace midge::test {

TempFolder::TempFolder()
    : path_(std::filesystem::temp_directory_path() / ("midge-test-" + nuid())) {
    std::filesystem::create_directory(path_);
}

TempFolder::~TempFolder() {
    std::error_code ignored;  // a leftover temporary file should not fail a test
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::write(const std::string& name, const std::string& text) const {
    const auto file = path_ / name;
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
}

std::string TempFolder::read(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(path_ / name, std::ios::binary).rdbuf();
    return std::move(out).str();
}

}  // namespace midge::test
