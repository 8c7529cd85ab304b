#pragma once
// Which keys each block of a configuration has, and what their values are, for explanations of
// errors. What reads a block decides alone about what it accepts.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace midge {

enum class BlockId : uint8_t {
    none,  // the value is no block
    top,
    names,  // any key, whose value is of no block
    accounts,
    account,
    account_limits,
    authorization,
    auth_callout,
    certificate,
    client_limits,
    event_sink,
    export_item,
    import_item,
    import_source,
    latency,
    mappings,
    mapping_destination,
    msg_trace,
    permissions,
    proxies,
    proxy,
    resolver,
    response_permission,
    subject_permission,
    tls,
    user,
    websocket,
    websocket_authorization,
};

struct BlockKey {
    std::string_view names;  // the usual one first, then others: "user username"
    std::string_view wants;  // "a duration such as \"2s\""; empty: anything
    BlockId inner = BlockId::none;
    std::string_view values = {};  // the words that it may be, if these are all: "text json"

    [[nodiscard]] std::string_view name() const { return names.substr(0, names.find(' ')); }
};

// In lower case; null if the block has no such key. At the top level only for keys whose values are
// blocks or words; the others are in options_table.h.
[[nodiscard]] const BlockKey* find_block_key(BlockId block, std::string_view key);

// All keys of the block, other names too; those of the top level come from options_table.h.
[[nodiscard]] std::vector<std::string_view> block_keys(BlockId block);

// The blocks that have the key, by their paths: "authorization", "accounts.<name>"; "the top
// level".
[[nodiscard]] std::vector<std::string_view> blocks_with_key(std::string_view key);

// The key that people mean who write `key` in another program's words; empty if there is none.
[[nodiscard]] std::string_view key_synonym(BlockId block, std::string_view key);

// What the value of a key of the top level must be, in words: from the type in options_table.h.
[[nodiscard]] std::string top_level_wants(std::string_view type);

}  // namespace midge
