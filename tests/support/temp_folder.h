#pragma once
// A folder that exists as long as the object.
#include <filesystem>
#include <string>

namespace midge::test {

class TempFolder {
  public:
    // Throws std::filesystem::filesystem_error if the system's folder for temporary files is not
    // writable.
    TempFolder();
    ~TempFolder();
    TempFolder(TempFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
    TempFolder& operator=(TempFolder&&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    // Creates or replaces a file in the folder. Returns its path.
    std::string write(const std::string& name, const std::string& text) const;
    // Returns an empty text if there is no such file.
    [[nodiscard]] std::string read(const std::string& name) const;

  private:
    std::filesystem::path path_;
};

}  // namespace midge::test
