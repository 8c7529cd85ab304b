#pragma once
// The keys of each block of a configuration and their values, for explanations of errors. Only the
// code that reads a block decides which keys it accepts.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace midge {

enum class BlockId : uint8_t {
    none,  // the value is not a block
    top,
    names,  // any key; the values are not blocks
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
    std::string_view names;  // names of the key, the usual one first: "user username"
    std::string_view wants;  // "a duration such as \"2s\""; empty: anything
    BlockId inner = BlockId::none;
    std::string_view values = {};  // all allowed words, if only words are allowed: "text json"

    [[nodiscard]] std::string_view name() const { return names.substr(0, names.find(' ')); }
};

// Returns null if the block has no such key. Requires: `key` is in lower case. At the top level,
// finds only keys whose values are blocks or words; options_table.h has the others.
[[nodiscard]] const BlockKey* find_block_key(BlockId block, std::string_view key);

// Returns all keys of the block with their other names. Those of the top level come from
// options_table.h.
[[nodiscard]] std::vector<std::string_view> block_keys(BlockId block);

// Returns the paths of the blocks that have the key: "authorization", "accounts.<name>"; "the top
// level".
[[nodiscard]] std::vector<std::string_view> blocks_with_key(std::string_view key);

// Returns Midge's key for a key with the same meaning in other programs; empty if there is none.
[[nodiscard]] std::string_view key_synonym(BlockId block, std::string_view key);

// Returns a description of the values of a top-level key, made from its type in options_table.h.
[[nodiscard]] std::string top_level_wants(std::string_view type);

}  // namespace midge
