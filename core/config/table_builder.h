#pragma once
// Helpers to write the rows of the settings table; for options_table*.cpp.
#include <string_view>
#include <vector>

#include "config/options_table.h"

namespace midge {

// Access to the field that a row reads and shows.
// NOLINTBEGIN(bugprone-macro-parentheses): `path` is a member.
#define MIDGE_FIELD(path)        \
    [](auto& options) -> auto& { \
        return options.path;     \
    }
// NOLINTEND(bugprone-macro-parentheses)

enum Reload { needs_restart, reloads };

struct Table {
    std::vector<Setting> rows;
    std::string_view section;  // of the rows that are added from now on

    Setting& add(std::string_view name, std::string_view field, Reload reload, Setting row,
                 std::string_view help) {
        row.name = name;
        row.section = section;
        row.field = field;
        row.reloadable = reload == reloads;
        row.help = help;
        rows.push_back(std::move(row));
        return rows.back();
    }
};

// Adds authorization, accounts and operators (options_table_login.cpp).
void add_login_settings(Table& table);

}  // namespace midge
