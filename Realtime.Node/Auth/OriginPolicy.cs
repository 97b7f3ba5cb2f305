namespace Realtime.Node.Auth;

/// <summary>
/// Whose pages may connect. Browsers do not apply the same-origin policy to WebSockets, so the server must. Exact comparison of scheme,
/// host and port, in one form: a test for an ending would let <c>https://app.example.com.evil.org</c> or <c>https://evilexample.com</c> in.
/// </summary>
/// <param name="allowed">Those that the operator lists, or <c>*</c>.</param>
/// <param name="nodes">The pages of the other nodes; null: there are none.</param>
public sealed class OriginPolicy(IReadOnlyList<string> allowed, NodeOrigins? nodes = null)
{
    private readonly bool _any = allowed.Contains("*");
    private readonly HashSet<WebOrigin> _allowed = [.. allowed.Where(text => text != "*").Select(Parse)];

    /// <summary>Whether it may stand in the list: <c>*</c>, or scheme, host and port and nothing else. A path would never match what browsers send.</summary>
    public static bool IsOrigin(string text) => text == "*" || WebOrigin.TryParse(text, out _);

    /// <param name="origin">The <c>Origin</c> header; null when there is none, which only programs other than browsers leave out. That is no
    /// way in: nothing here is ever authenticated by cookies.</param>
    /// <param name="ownScheme">What the request itself was addressed to: a page may always connect to the node it came from.</param>
    public bool Allows(string? origin, string ownScheme, string ownHost)
    {
        if (_any || string.IsNullOrEmpty(origin))
        {
            return true;
        }

        return WebOrigin.TryParse(origin, out var page)
            && (_allowed.Contains(page) || nodes?.Knows(page) is true || (WebOrigin.TryParse($"{ownScheme}://{ownHost}", out var own) && own == page));
    }

    private static WebOrigin Parse(string text) =>
        WebOrigin.TryParse(text, out var origin) ? origin : throw new ArgumentException($"'{text}' is no origin", nameof(text));
}
