using Microsoft.Playwright;

namespace Realtime.Tests.Support;

/// <summary>axe-core: what a page does that shuts people out, by the rules of WCAG 2.2 AA and of good practice.</summary>
internal static class Axe
{
    private const string Run =
        """
        async () => {
          const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
          return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any, all, none }) => `${id}: ${target.join(' ')}: ${[...any, ...all, ...none][0]?.message ?? ''}`));
        }
        """;

    private static readonly string Script = Path.Combine(SourceTree.Root, "Realtime.Tests", "node_modules", "axe-core", "axe.min.js");

    /// <summary>Why it is not here; null when it is.</summary>
    public static string? Missing { get; } = File.Exists(Script) ? null : "axe-core is not installed: `npm install` in Realtime.Tests brings it";

    /// <summary>The page as it stands now has no faults, with every movement over.</summary>
    /// <param name="where">What is looked at, for the message.</param>
    public static async Task ShouldFindNothingAsync(IPage page, string where)
    {
        await page.EvaluateAsync("() => { for (const one of document.getAnimations()) if (one.effect.getComputedTiming().endTime !== Infinity) one.finish(); }");
        if (!await page.EvaluateAsync<bool>("() => 'axe' in globalThis"))
        {
            await page.EvaluateAsync(await File.ReadAllTextAsync(Script));
        }

        var faults = await page.EvaluateAsync<string[]>(Run);
        faults.ShouldBeEmpty(where);
    }
}
