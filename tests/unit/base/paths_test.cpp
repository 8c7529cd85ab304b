// Narrow text for paths is UTF-8 on every system.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace midge {
namespace {

namespace fs = std::filesystem;

TEST(Paths, of_narrow_text_are_utf_8) {
    const std::string text = "gr\u00f6\u00dfe \u674e.conf";
    EXPECT_EQ(fs::path(text), fs::path(u8"gr\u00f6\u00dfe \u674e.conf"));
    EXPECT_EQ(fs::path(text).string(), text);
}

TEST(Paths, with_letters_beyond_ascii_name_files) {
    const fs::path folder = fs::temp_directory_path() / "midge-\u00fc-\u674e";
    fs::create_directories(folder);
    const std::string name = "\u00e4\u00df.txt";
    std::ofstream(folder / name) << "text";
    std::string read;
    std::ifstream(folder / name) >> read;
    EXPECT_EQ(read, "text");
    for (const auto& entry : fs::directory_iterator(folder)) {
        EXPECT_EQ(entry.path().filename().string(), name);
    }
    fs::remove_all(folder);
}

// Nothing throws: such a file does not exist.
TEST(Paths, of_text_that_is_no_utf_8_name_no_file) {
    for (const char* text : {"\xff.conf", "a\xc3", "\xe6\x9d", "\x80", "\xf0\x9f\x98\x80"}) {
        EXPECT_FALSE(fs::exists(fs::path(text))) << text;
    }
}
}  // namespace
}  // namespace midge
