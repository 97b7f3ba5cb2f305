using System.Buffers;
using System.Globalization;
using System.Text;

namespace Realtime.Node.Auth;

/// <summary>
/// Scheme, host and port of a page (RFC 6454), in the one form in which two of them compare: lower case, the host in ASCII, the port written out. Browsers leave default
/// ports out and write names in punycode; operators and proxies may do either.
/// </summary>
public readonly record struct WebOrigin(string Scheme, string Host, int Port)
{
    private static readonly SearchValues<char> NoHost = SearchValues.Create("/?#@\\%*");
    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };

    /// <returns>False for what is more or less than an origin: <c>null</c>, a path, a user, blanks, another scheme.</returns>
    public static bool TryParse(string? text, out WebOrigin origin)
    {
        origin = default;
        var at = text is null ? -1 : text.IndexOf("://", StringComparison.Ordinal);
        if (text is null || at < 0 || text.AsSpan(at + 3).ContainsAny(NoHost) || text.AsSpan().ContainsAnyInRange('\0', ' ')
            || !TryAscii(text[..at].ToLowerInvariant() + text[at..], out var ascii)
            || !Uri.TryCreate(ascii, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            return false;
        }

        origin = new WebOrigin(uri.Scheme, uri.Host.ToLowerInvariant(), uri.Port);
        return true;
    }

    /// <summary>Names beyond ASCII as browsers send them: <c>bücher.example</c> is <c>xn--bcher-kva.example</c>.</summary>
    private static bool TryAscii(string text, out string ascii)
    {
        ascii = text;
        if (Ascii.IsValid(text))
        {
            return true;
        }

        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var port = text.IndexOf(':', start);
        var end = port < 0 ? text.Length : port;
        try
        {
            ascii = text[..start] + Idn.GetAscii(text[start..end].ToLowerInvariant()) + text[end..];
            return true;
        }
        catch (ArgumentException)
        {
            // No name at all: an empty label, one of more than 63 bytes, a lone surrogate.
            return false;
        }
    }
}
