#include <collect/small_kit.hpp>

#include <archive.h>
#include <archive_entry.h>
#include <lab/catch.hpp>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

using namespace lockstep;
using namespace lockstep::testing;

namespace fs = std::filesystem;

namespace {

struct Item {
    std::string name;
    std::string bytes;
    std::string link = {};  ///< a symbolic link's target
};

enum class Form { zip, tar, tar_gz };

fs::path pack(const Scratch& scratch, Form form, const std::vector<Item>& items) {
    fs::path file = scratch / "submission";
    archive* writer = archive_write_new();
    if (form == Form::zip) {
        archive_write_set_format_zip(writer);
        archive_write_set_options(writer, "hdrcharset=UTF-8");
    } else {
        archive_write_set_format_gnutar(writer);
        if (form == Form::tar_gz) archive_write_add_filter_gzip(writer);
    }
    REQUIRE(archive_write_open_filename(writer, file.c_str()) == ARCHIVE_OK);
    for (const Item& item : items) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, item.name.c_str());
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_filetype(entry, item.link.empty() ? AE_IFREG : AE_IFLNK);
        if (!item.link.empty()) archive_entry_set_symlink(entry, item.link.c_str());
        archive_entry_set_size(entry, static_cast<la_int64_t>(item.bytes.size()));
        REQUIRE(archive_write_header(writer, entry) == ARCHIVE_OK);
        archive_write_data(writer, item.bytes.data(), item.bytes.size());
        archive_entry_free(entry);
    }
    REQUIRE(archive_write_close(writer) == ARCHIVE_OK);
    archive_write_free(writer);
    return file;
}

}  // namespace

TEST_CASE("archives of each kind are taken, in each layout, whatever their name") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    for (const Form form : {Form::zip, Form::tar, Form::tar_gz}) {
        for (const char* layout : {"exercises/01-one/a.cpp", "./01-one/a.cpp", "a.cpp",
                                   "jo-main/exercises/01-one/a.cpp", "jo/a.cpp"}) {
            CAPTURE(static_cast<int>(form), layout);
            std::string beside = layout;
            beside.replace(beside.find("a.cpp"), 5, "big.bin");
            const fs::path file = pack(scratch, form,
                                       {{"__MACOSX/._a.cpp", "x"},
                                        {layout, "int a;"},
                                        {beside, std::string(3 << 20, 'x')}});
            CHECK(brief(collect(file, kit, {})) == "01-one: a.cpp=int a;");
        }
    }
}

TEST_CASE("an archive's enclosing folder may have any name") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    const fs::path file =
        pack(scratch, Form::tar_gz, {{"Devoir de Zoé -1/01-one/a.cpp", "int a;"}});
    CHECK(brief(collect(file, kit, {})) == "01-one: a.cpp=int a;");
}

TEST_CASE("links, large files and files that are there twice are refused in an archive") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    CHECK(brief(collect(pack(scratch, Form::tar, {{"a.cpp", "", "/etc/passwd"}}), kit, {})) ==
          "01-one: !a.cpp is a link: hand in the file itself.");
    CHECK(brief(collect(pack(scratch, Form::tar_gz, {{"a.cpp", std::string(2 << 20, ' ')}}), kit,
                        {})) ==
          "01-one: !a.cpp is larger than 1024 KiB: no exercise needs that much.");
    CHECK(brief(collect(pack(scratch, Form::zip, {{"a.cpp", "1"}, {"a.cpp", "2"}}), kit, {})) ==
          "01-one: !a.cpp is in the archive twice: pack it again.");
}

TEST_CASE("names that lead out of an archive are nobody's files") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    const fs::path file =
        pack(scratch, Form::tar, {{"/01-one/a.cpp", "1"}, {"../a.cpp", "2"}, {"x/../a.cpp", "3"}});
    CHECK(sentence_of<UsageError>([&] {
              (void)collect(file, kit, {});
          }).find("There is no exercise in ") == 0);
}

TEST_CASE("a bomb and a damaged archive end in a sentence") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    const auto sentence = [&](const fs::path& file) {
        return sentence_of<UsageError>([&] { (void)collect(file, kit, {}); });
    };
    const std::vector<Item> large(9, Item{"x", std::string(std::size_t{32} << 20, '\0')});
    CHECK(sentence(pack(scratch, Form::tar_gz, large)).find("unpacks to more than 256 MiB") !=
          std::string::npos);
    const std::vector<Item> many(20'001, Item{"x", ""});
    CHECK(sentence(pack(scratch, Form::tar_gz, many)).find("has more than 20000 entries") !=
          std::string::npos);

    std::string noise(1 << 17, '\0');
    std::mt19937 random{1};
    for (char& byte : noise) byte = static_cast<char>(random());
    const fs::path file = pack(scratch, Form::tar_gz, {{"b.txt", noise}, {"a.cpp", "int a;"}});
    fs::resize_file(file, fs::file_size(file) / 2);
    CHECK(sentence(file).find("is damaged") != std::string::npos);
    CHECK(sentence(scratch.write("empty.zip", "")) != "");
    CHECK(sentence(scratch.write("text.zip", "PK\x03\x04 not really")) != "");
    CHECK(sentence(pack(scratch, Form::zip, {})) != "");
}
