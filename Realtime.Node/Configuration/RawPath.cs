using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Realtime.Node.Configuration;

/// <summary>
/// Takes a request's path apart before anything decodes it. Names of channels may hold a slash; a path that is decoded as a whole cannot tell it from one that
/// parts, and ASP.NET Core's own leaves <c>%2F</c> as it is, so that a name with <c>%2F</c> in it would be another's.
/// </summary>
public static class RawPath
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="prefix">As of <see cref="TrySplit(string, string, out IReadOnlyList{string}?)"/>.</param>
    public static bool TrySplit(HttpContext context, string prefix, [NotNullWhen(true)] out IReadOnlyList<string>? parts)
    {
        // Not every server tells the first line; the decoded path, encoded again, is the next best.
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return TrySplit(string.IsNullOrEmpty(target) ? context.Request.Path.ToUriComponent() : target, prefix, out parts);
    }

    /// <param name="target">As it stands in the request's first line.</param>
    /// <param name="prefix">What the path begins with, such as <c>/operator/v1/</c>; may stand behind the application's own base.</param>
    public static bool TrySplit(string target, string prefix, [NotNullWhen(true)] out IReadOnlyList<string>? parts)
    {
        parts = null;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        var begin = path.IndexOf(prefix, StringComparison.OrdinalIgnoreCase);
        if (begin < 0)
        {
            return false;
        }

        var decoded = new List<string>();
        foreach (var part in path[(begin + prefix.Length)..].TrimEnd('/').Split('/'))
        {
            if (!TryDecode(part, out var text))
            {
                return false;
            }

            decoded.Add(text);
        }

        parts = decoded;
        return true;
    }

    private static bool TryDecode(string part, [NotNullWhen(true)] out string? text)
    {
        text = null;
        var bytes = new List<byte>(part.Length);
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] != '%')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(part, i, char.IsHighSurrogate(part[i]) && i + 1 < part.Length ? 2 : 1));
                i += char.IsHighSurrogate(part[i]) && i + 1 < part.Length ? 1 : 0;
            }
            else if (i + 2 < part.Length && char.IsAsciiHexDigit(part[i + 1]) && char.IsAsciiHexDigit(part[i + 2]))
            {
                bytes.Add(Convert.FromHexString(part.AsSpan(i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                return false;
            }
        }

        try
        {
            text = Strict.GetString([.. bytes]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
