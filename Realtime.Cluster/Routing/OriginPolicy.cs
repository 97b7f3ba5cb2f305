namespace Realtime.Cluster.Routing;

/// <summary>
/// Whose pages may connect. Browsers do not apply the same-origin policy to WebSockets, so the server must. Exact comparison of scheme,
/// host and port: a test for an ending would let <c>https://app.example.com.evil.org</c> or <c>https://evilexample.com</c> in.
/// </summary>
public sealed class OriginPolicy(IReadOnlyList<string> allowed)
{
    private readonly bool _any = allowed.Contains("*");

    /// <summary>Whether it may stand in the list: <c>*</c>, or scheme, host and port and nothing else. A path would never match what browsers send.</summary>
    public static bool IsOrigin(string text) =>
        text == "*" ||
        (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 &&
            string.Equals(uri.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase));

    /// <param name="origin">The <c>Origin</c> header; null when there is none, which only programs other than browsers leave out. That is no
    /// way in: nothing here is ever authenticated by cookies.</param>
    /// <param name="ownScheme">What the request itself was addressed to: a page may always connect to the node it came from.</param>
    public bool Allows(string? origin, string ownScheme, string ownHost)
    {
        if (_any || string.IsNullOrEmpty(origin))
        {
            return true;
        }

        if (string.Equals(origin, $"{ownScheme}://{ownHost}", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        foreach (var candidate in allowed)
        {
            if (string.Equals(candidate, origin, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
