using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Realtime.Node.Hosting;

/// <summary>One embedded file in every coding that browsers take, made once.</summary>
internal sealed class ClientScript
{
    private readonly Coding[] _codings;
    private readonly string _contentType;

    public ClientScript(byte[] content, string contentType)
    {
        _contentType = contentType;
        var tag = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8));

        // The best first: it is taken when the browser likes several equally.
        _codings =
        [
            new Coding("br", Brotli(content), Tag($"{tag}-br")),
            new Coding("gzip", Gzip(content), Tag($"{tag}-gzip")),
            new Coding("identity", content, Tag(tag)),
        ];
    }

    public Task SendAsync(HttpContext context)
    {
        var accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        var coding = _codings.MaxBy(coding => Quality(coding.Name, accepted))!;
        if (coding.Name != "identity")
        {
            context.Response.Headers.ContentEncoding = coding.Name;
        }

        return Results.Bytes(coding.Content, _contentType, entityTag: coding.Tag).ExecuteAsync(context);
    }

    /// <summary>How much the browser likes it, RFC 9110 12.5.3. As it is comes last where the browser says nothing of it, and is never refused.</summary>
    private static double Quality(string name, IList<StringWithQualityHeaderValue> accepted)
    {
        const double Last = 0.0001;
        var said = accepted.FirstOrDefault(value => value.Value.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? (name == "identity" ? null : accepted.FirstOrDefault(value => value.Value == "*"));
        return name == "identity" ? Math.Max(Last, said?.Quality ?? (said is null ? Last : 1)) : said is null ? 0 : said.Quality ?? 1;
    }

    private static byte[] Brotli(byte[] content)
    {
        // Nearly as small as the most, which takes twenty times as long at each start.
        var options = new BrotliCompressionOptions { Quality = 9 };
        using var packed = new MemoryStream();
        using (var packing = new BrotliStream(packed, options))
        {
            packing.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            packing.Write(content);
        }

        return packed.ToArray();
    }

    private static EntityTagHeaderValue Tag(string text) => new($"\"{text}\"");

    /// <param name="Tag">Of its own: the same tag for other bytes would make a cache mix them.</param>
    private sealed record Coding(string Name, byte[] Content, EntityTagHeaderValue Tag);
}
