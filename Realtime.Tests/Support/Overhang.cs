using Microsoft.Playwright;

namespace Realtime.Tests.Support;

/// <summary>What a window cuts off: things that reach over its edges, and words that are wider than what holds them.</summary>
internal static class Overhang
{
    private const string Look =
        """
        (scrolls) => {
          const name = (node) => `${node.tagName} ${node.id || node.className} "${(node.textContent || node.placeholder || '').trim().slice(0, 30)}"`;
          const width = document.documentElement.clientWidth;
          const all = [...document.querySelectorAll('body *')].filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest('svg, .sr, .skip')
            && !getComputedStyle(node).clipPath.startsWith('inset') && !node.closest('[style*="clip"]'));
          const clipped = (node) => { for (let one = node; one; one = one.parentElement) if (getComputedStyle(one).clipPath.startsWith('inset')) return true; return false; };
          const over = [];
          for (const node of all) {
            const box = node.getBoundingClientRect();
            if (box.width === 0 || clipped(node)) continue;
            if (!(scrolls && node.closest(scrolls)) && (box.right > width + 1 || box.left < -1)) over.push(`over the edge by ${Math.round(Math.max(box.right - width, -box.left))}: ${name(node)}`);
            if (node.matches('button, a, label, dt, h1, h2, h3, summary') && node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0 && getComputedStyle(node).display !== 'inline') over.push(`cut: ${name(node)}`);
            if (node.matches('input[placeholder], textarea')) {
              const canvas = document.createElement('canvas').getContext('2d');
              const style = getComputedStyle(node);
              canvas.font = style.font;
              if (canvas.measureText(node.placeholder).width > node.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) + 1) over.push(`cut: ${name(node)}`);
            }
          }
          return over;
        }
        """;

    /// <param name="scrolls">What scrolls sideways on purpose.</param>
    public static async Task ShouldBeNoneAsync(IPage page, string where, string? scrolls = null) =>
        (await page.EvaluateAsync<string[]>(Look, scrolls)).ShouldBeEmpty(where);
}
