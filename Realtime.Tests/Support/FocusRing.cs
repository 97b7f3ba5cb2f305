using Microsoft.Playwright;

namespace Realtime.Tests.Support;

/// <summary>Goes through a page with the tabulator, as people without a pointer do.</summary>
internal static class FocusRing
{
    private const int Most = 60;

    /// <summary>What has the focus: its name, whether it (or what it belongs to) shows that; null at the end of the page.</summary>
    private const string Look =
        """
        () => {
          const node = document.activeElement;
          if (node === null || node === document.body) return null;
          const shows = (one, pseudo) => {
            const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one, pseudo);
            return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
          };
          const ring = shows(node) || shows(node.parentElement) || shows(node.parentElement, '::before');
          return `${ring ? 'seen' : 'unseen'} ${node.tagName} ${node.id || node.className} ${node.getAttribute('href') ?? ''}`;
        }
        """;

    /// <summary>The stops whose focus cannot be seen, and how many stops there are.</summary>
    public static async Task<(IReadOnlyList<string> Unseen, int Stops)> WalkAsync(IPage page)
    {
        var stops = new List<string>();
        // The browser goes on from where the focus last was: the top of the page has to have had it.
        await page.EvaluateAsync("() => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); }");
        while (stops.Count < Most)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string?>(Look) is not { } stop)
            {
                break;
            }

            stops.Add(stop);
        }

        return ([.. stops.Where(stop => stop.StartsWith("unseen", StringComparison.Ordinal))], stops.Count);
    }
}
