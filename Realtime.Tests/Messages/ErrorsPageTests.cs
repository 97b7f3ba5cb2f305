using System.Globalization;
using System.Text;
using Realtime.Messages.Errors;

namespace Realtime.Tests.Messages;

/// <summary>docs/protocol/errors.md is written from the registries. REALTIME_UPDATE_DOCS=1 rewrites it instead of comparing.</summary>
public sealed class ErrorsPageTests
{
    private static readonly string PagePath = Path.Combine(SourceTree.Root, "docs", "protocol", "errors.md");

    [Fact]
    public void The_page_says_what_the_registries_say()
    {
        var page = Page();
        if (Environment.GetEnvironmentVariable("REALTIME_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PagePath)!);
            File.WriteAllText(PagePath, page);
        }

        File.Exists(PagePath).ShouldBeTrue("docs/protocol/errors.md is missing: run this test with REALTIME_UPDATE_DOCS=1");
        File.ReadAllText(PagePath).ReplaceLineEndings("\n").ShouldBe(page, "run this test with REALTIME_UPDATE_DOCS=1 and commit the page");
    }

    [Fact]
    public void The_page_lists_every_code_once()
    {
        var lines = Page().Split('\n');
        foreach (var name in ErrorRegistry.All.Select(entry => entry.Name))
        {
            lines.Count(line => line.StartsWith($"| `{name}` |", StringComparison.Ordinal)).ShouldBe(1, name);
        }

        foreach (var code in CloseRegistry.All.Select(entry => (int)entry.Code))
        {
            lines.Count(line => line.StartsWith($"| {code} |", StringComparison.Ordinal)).ShouldBe(1);
        }
    }

    private static string Page()
    {
        var page = new StringBuilder();
        page.Append("""
            # Errors and close codes

            <!-- Written by ErrorsPageTests from the registries in Realtime.Messages/Errors. Change those, then run the tests with REALTIME_UPDATE_DOCS=1. -->

            ## Errors

            An `error` frame answers one request. `code` is the name below; the number stands in logs. *Temporary*: the same request may succeed later.
            *Outcome*: what `outcome` may say. With `none` the request certainly had no effect; with `unknown` it may have had one, and a publish with a `seq` is safe to repeat.

            | code | number | temporary | outcome | meaning |
            |---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var entry in ErrorRegistry.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{entry.Name}` | {(int)entry.Code} | {(entry.Temporary ? "yes" : "no")} | ")
                .Append(entry.MayBeUnknown ? "`none`, `unknown`" : "`none`")
                .Append(CultureInfo.InvariantCulture, $" | {entry.Meaning} |\n");
        }

        page.Append("""

            ## Close codes

            The last frame before a close by the server is `goodbye` with the same number and reason, and says when to come back. Where WebSocket itself was broken (1002 for a frame that is none, 1007) nothing more can be said, and there is no `goodbye`.
            Where it did not arrive, the number alone tells what to do: 4000–4099 connect again after a random wait, 4100–4199 resume at once elsewhere,
            4200–4299 stay away. Numbers below 4000 are those of RFC 6455.

            | code | reason | what the client does | meaning |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var entry in CloseRegistry.All.OrderBy(entry => entry.Code))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {(int)entry.Code} | `{entry.Name}` | {Does(entry.Action)} | {entry.Meaning} |\n");
        }

        return page.ToString();
    }

    private static string Does(CloseAction action) => action switch
    {
        CloseAction.Reconnect => "connects again",
        CloseAction.Resume => "resumes at once elsewhere",
        CloseAction.Final => "stays away",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "no words for it"),
    };
}
