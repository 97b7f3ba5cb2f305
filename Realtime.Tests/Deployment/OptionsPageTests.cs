using Realtime.Tests.Architecture;

namespace Realtime.Tests.Deployment;

/// <summary>docs/options.md is written from the option classes. REALTIME_UPDATE_DOCS=1 rewrites it instead of comparing.</summary>
public sealed class OptionsPageTests
{
    private static readonly string PagePath = Path.Combine(SourceTree.Root, "docs", "options.md");

    [Fact]
    public void The_page_says_what_the_option_classes_say()
    {
        var page = OptionsPage.Text();
        if (Environment.GetEnvironmentVariable("REALTIME_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(PagePath, page);
        }

        File.Exists(PagePath).ShouldBeTrue("docs/options.md is missing: run this test with REALTIME_UPDATE_DOCS=1");
        File.ReadAllText(PagePath).ReplaceLineEndings("\n").ShouldBe(page, "run this test with REALTIME_UPDATE_DOCS=1 and commit the page");
    }

    [Fact]
    public void Every_option_is_on_the_page_once_with_words_of_its_own()
    {
        var rows = OptionsPage.Text().Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split(" | ")).ToList();

        rows.Select(row => row[0][3..^1]).ShouldBe(OptionCatalog.Nodes.Select(entry => entry.Path));
        rows.Where(row => row.Length < 4 || row[3].Trim(' ', '|').Length < 10).ShouldBeEmpty();
        rows.ShouldContain(row => row[0] == "| `Realtime:Connections:PingEvery`" && row[1] == "`25s`" && row[2] == "`1s` to `10m`");
        rows.ShouldContain(row => row[0] == "| `Realtime:Auth:DevelopmentKey`" && row[3].Contains("*secret*", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_listed_twice()
    {
        foreach (var page in new[] { "docs/configuration.md", "lighthouse/README.md" })
        {
            RepositoryFiles.Get(page).Text.Split('\n').Where(line => line.StartsWith("| `Realtime:", StringComparison.Ordinal) || line.StartsWith("| `Lighthouse:", StringComparison.Ordinal))
                .ShouldBeEmpty($"{page}: options are listed in docs/options.md, which is written from the program");
        }
    }
}
