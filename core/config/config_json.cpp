#include "config/config_json.h"

#include <sodium.h>

#include "base/encoding.h"

namespace midge {
namespace {

struct DataWriter {
    JsonWriter& json;

    void operator()(const ConfigDate& date) { json.value(date.text); }
    void operator()(const ConfigMap& map) { write_json(json, map); }
    void operator()(const ConfigArray& items) {
        json.begin_array();
        for (const ConfigValue& item : items) write_json(json, item);
        json.end_array();
    }
    template <class Scalar>
    void operator()(const Scalar& scalar) {
        json.value(scalar);
    }
};

}  // namespace

void write_json(JsonWriter& json, const ConfigMap& map) {
    json.begin_object();
    for (const ConfigEntry* entry : map.in_key_order()) {
        json.key(entry->key);
        write_json(json, entry->value);
    }
    json.end_object();
}

void write_json(JsonWriter& json, const ConfigValue& value) {
    std::visit(DataWriter{json}, value.data);
}

std::string config_digest(const ConfigMap& root) {
    JsonWriter json;
    write_json(json, root);
    const std::string text = json.take() + '\n';  // Go's encoder ends its output with it, too
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
    return "sha256:" + hex_encode(hash);
}

}  // namespace midge
