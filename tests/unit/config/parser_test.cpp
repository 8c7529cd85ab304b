// Cases that the corpus cannot show: limits, positions, and files that cannot be read.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "config/config_parser.h"
#include "config/text_place.h"

namespace midge {
namespace {

using ::testing::HasSubstr;

// Files in memory, and an empty environment.
ConfigSources files(std::map<std::string, std::string> texts) {
    ConfigSources sources;
    sources.read_file = [texts = std::move(texts)](const std::string& path) -> Result<std::string> {
        const auto found = texts.find(std::filesystem::path(path).generic_string());
        if (found == texts.end())
            return fail(Errc::not_found, "open " + path + ": no such file or directory");
        return found->second;
    };
    sources.environment = [](const std::string&) { return std::nullopt; };
    return sources;
}

std::string parse_error(std::string_view text, std::map<std::string, std::string> texts = {}) {
    const auto parsed = parse_config_text(text, "main.conf", files(std::move(texts)));
    if (parsed) return "no error";
    // Without the explanation, which mistakes_test.cpp compares.
    return parsed.error().text.substr(0, parsed.error().text.find(" -- "));
}

TEST(ConfigParser, says_where_a_key_stands_in_its_file) {
    const auto parsed = parse_config_text("a: 1\n  b { c: [x, y] }\ninclude sub/i.inc\n",
                                          "dir/main.conf", files({{"dir/sub/i.inc", "\n d: 4"}}));
    ASSERT_TRUE(parsed) << parsed.error().text;
    EXPECT_EQ(parsed->find("a")->value.where.text(), "dir/main.conf:1:0");
    EXPECT_EQ(parsed->find("b")->value.where.text(), "dir/main.conf:2:3");
    const auto& list =
        *parsed->find("b")->value.as<ConfigMap>()->find("c")->value.as<ConfigArray>();
    EXPECT_EQ(list[1].where.text(), "dir/main.conf:2:14");
    EXPECT_EQ(parsed->find("d")->value.where.text(),
              std::filesystem::path("dir/sub/i.inc").make_preferred().string() + ":2:2");
}

TEST(ConfigParser, keeps_the_written_order_with_repeated_keys_last) {
    const auto parsed = parse_config_text("a: 1\nb: 2\na: 3\n", "main.conf", files({}));
    ASSERT_TRUE(parsed);
    const auto entries = parsed->in_written_order();
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0]->key, "b");
    EXPECT_EQ(entries[1]->key, "a");
    EXPECT_EQ(*entries[1]->value.as<int64_t>(), 3);
}

TEST(ConfigParser, refuses_a_file_that_includes_itself) {
    EXPECT_EQ(parse_error("include main.conf\n"),
              "error parsing include file 'main.conf', the file includes itself");
    EXPECT_THAT(parse_error("include a.inc\n",
                            {{"a.inc", "include b.inc\n"}, {"b.inc", "include a.inc\n"}}),
                HasSubstr("the file includes itself"));
}

TEST(ConfigParser, refuses_a_chain_of_includes_that_is_too_long) {
    std::map<std::string, std::string> texts;
    for (int i = 0; i < 40; ++i) {
        texts[fmt::format("{}.inc", i)] = fmt::format("include '{}.inc'\n", i + 1);
    }
    EXPECT_THAT(parse_error("include '0.inc'\n", texts),
                HasSubstr("files include each other deeper than 16"));
}

TEST(ConfigParser, refuses_nesting_that_is_too_deep) {
    const std::string deep(100'000, '[');
    EXPECT_EQ(parse_error("a: " + deep),
              "Parse error on line 1: 'blocks and lists are nested deeper than 64'");
    EXPECT_EQ(parse_error(std::string(100'000, '{')),
              "Parse error on line 1: 'blocks are nested deeper than 64'");
    std::string maps;
    for (int i = 0; i < 100; ++i) maps += "a {";
    EXPECT_EQ(parse_error(maps),
              "Parse error on line 1: 'blocks and lists are nested deeper than 64'");
}

TEST(ConfigParser, bounds_the_copies_that_variables_make) {
    std::string bomb = "v0: [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const std::string last = fmt::format("$v{}", i - 1);
        bomb += fmt::format("v{}: [{}", i, last);
        for (int copy = 1; copy < 10; ++copy) bomb += ", " + last;
        bomb += " ]\n";
    }
    EXPECT_THAT(parse_error(bomb),
                HasSubstr(fmt::format("more than {} values", config_values_max)));
}

TEST(ConfigParser, refuses_what_is_no_text) {
    EXPECT_EQ(parse_error(std::string_view("a: 1\0b", 6)),
              "main.conf: not a text file, it has a zero byte");
}

TEST(ConfigParser, refuses_a_number_that_its_suffix_makes_too_large) {
    EXPECT_EQ(parse_error("a: 9223372036854775807k\n"),
              "integer '9223372036854775807k' is out of the range");
    EXPECT_EQ(parse_error("a: -9eb\n"), "integer '-9eb' is out of the range");
    EXPECT_EQ(parse_error("a: 1kbb\n"), "expected integer, but got '1kbb'");
}

TEST(ConfigParser, reads_a_list_of_numbers_without_blanks) {
    const auto parsed = parse_config_text("a: [1,2]\n", "main.conf", files({}));
    ASSERT_TRUE(parsed) << parsed.error().text;
    EXPECT_EQ(*parsed->find("a")->value.as<ConfigArray>()->at(1).as<int64_t>(), 2);
}

TEST(ConfigParser, ends_a_block_string_at_the_end_of_the_file) {
    const auto parsed = parse_config_text("a: (\nx\n)", "main.conf", files({}));
    ASSERT_TRUE(parsed) << parsed.error().text;
    EXPECT_EQ(*parsed->find("a")->value.as<std::string>(), "\nx\n");
}

TEST(ConfigParser, survives_a_valid_file_cut_at_every_byte) {
    const std::string whole =
        "port: 4222 # c\nauthorization { users: [ {user: \"a\\x41\", password: $P}, ] }\ninclude "
        "x\nb: (\n1\n)\nd: "
        "2020-01-01T00:00:00Z\ne: 1.5\nf: 12mb\n";
    for (size_t size = 0; size <= whole.size(); ++size) {
        const auto parsed =
            parse_config_text(whole.substr(0, size), "main.conf", files({{"x", "P: 1"}}));
        if (!parsed) {
            EXPECT_FALSE(parsed.error().text.empty());
        }
    }
}

TEST(ConfigSources, name_the_file_that_cannot_be_read) {
    const ConfigSources sources = system_config_sources();
    EXPECT_EQ(sources.read_file("no/such/file.conf").error().text,
              "open no/such/file.conf: no such file or directory");
    EXPECT_EQ(sources.read_file(".").error().text, "read .: is a directory");
}

// Line and column of an offset, counted from the beginning.
TextPlace counted_place(std::string_view text, size_t offset) {
    TextPlace place{1, 1};
    for (size_t i = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; i < offset; ++i) {
        if (text[i] == '\n') {
            place = {place.line + 1, 1};
        } else if (i + 1 == text.size() ||
                   (static_cast<unsigned char>(text[i + 1]) & 0xC0) != 0x80) {
            ++place.column;
        }
    }
    return place;
}

TEST(TextPlaces, are_right_in_any_order) {
    for (const std::string mark : {"", "\xEF\xBB\xBF"}) {
        for (const size_t size : {0, 1, 255, 256, 257, 1000}) {
            std::string text = mark;
            for (size_t i = 0; text.size() < mark.size() + size; ++i)
                text += i % 41 == 40 ? "\n" : i % 7 == 3 ? "\xC3\xA4" : "x";
            const TextPlaces places(text);
            for (size_t offset = text.size() + 1; offset-- > mark.size();)
                EXPECT_EQ(places.at(offset), counted_place(text, offset)) << size << " " << offset;
            EXPECT_EQ(places.at(SIZE_MAX), counted_place(text, text.size()));
        }
    }
}

}  // namespace
}  // namespace midge
