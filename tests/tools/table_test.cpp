#include "common/table.h"

#include <gtest/gtest.h>

#include <regex>

namespace midge::tools {
namespace {

TEST(Table, PrintsAccountsAsThePublishedTutorialDoes) {
    Table table("Accounts");
    table.set_headers({"Name", "Public Key"});
    table.add_row({"SYS", "ADWJVSUSEVC2GHL5GRATN2LOEOQOY2E6Z2VXNU3JEIK6BDGPWNIW3AXF"});
    EXPECT_EQ(table.render(),
              "╭─────────────────────────────────────────────────────────────────╮\n"
              "│                            Accounts                             │\n"
              "├──────┬──────────────────────────────────────────────────────────┤\n"
              "│ Name │ Public Key                                               │\n"
              "├──────┼──────────────────────────────────────────────────────────┤\n"
              "│ SYS  │ ADWJVSUSEVC2GHL5GRATN2LOEOQOY2E6Z2VXNU3JEIK6BDGPWNIW3AXF │\n"
              "╰──────┴──────────────────────────────────────────────────────────╯\n");
}

TEST(Table, WidensTheLastColumnForALongTitle) {
    Table table("A long title");
    table.add_row({"a", "b"});
    EXPECT_EQ(table.render(),
              "╭──────────────╮\n"
              "│ A long title │\n"
              "├───┬──────────┤\n"
              "│ a │ b        │\n"
              "╰───┴──────────╯\n");
}

TEST(Table, SeparatesGroupsOfRowsButDrawsNoLineAtTheEnds) {
    Table table("T");
    table.add_separator();
    table.add_row({"a", "1"});
    table.add_separator();
    table.add_separator();
    table.add_list("b", {"2", "3"});
    table.add_separator();
    EXPECT_EQ(table.render(),
              "╭───────╮\n"
              "│   T   │\n"
              "├───┬───┤\n"
              "│ a │ 1 │\n"
              "├───┼───┤\n"
              "│ b │ 2 │\n"
              "│   │ 3 │\n"
              "╰───┴───╯\n");
}

TEST(Table, ColorsChangeNoWidth) {
    Table table("T");
    table.set_headers({"H", "I"});
    table.add_row({"ë", "1"});
    table.add_row({"", "22"});
    const std::string colored = table.render(Palette(true));
    EXPECT_NE(colored.find("\x1b[1mT\x1b[0m"), std::string::npos);
    EXPECT_NE(colored.find("\x1b[1mH\x1b[0m"), std::string::npos);
    EXPECT_NE(colored.find("\x1b[36më\x1b[0m"), std::string::npos);
    EXPECT_EQ(colored.find("\x1b[36m\x1b[0m"), std::string::npos) << "an empty cell has no color";
    EXPECT_EQ(std::regex_replace(colored, std::regex("\x1b\\[[0-9]*m"), ""), table.render());
}

TEST(Table, CountsCharactersAndNotBytes) {
    EXPECT_EQ(display_width("Zoë≈"), 4U);
}

TEST(Table, ShowsControlCharactersOfACellAsQuestionMarks) {
    Table table("T");
    table.add_row({"\x1b[31mred\n"});
    EXPECT_NE(table.render().find("│ ?[31mred? │"), std::string::npos);
}

}  // namespace
}  // namespace midge::tools
