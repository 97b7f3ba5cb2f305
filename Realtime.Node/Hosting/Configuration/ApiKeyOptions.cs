using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>One key of the application's back end, <c>Realtime:Api:Keys:ID</c>: a caller shows <c>ID.SECRET</c>.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>SHA-256 of the secret, 64 hexadecimal digits; <c>api-key --id ID</c> makes both. Either this or <see cref="Secret"/>.</summary>
    public string? Hash { get; set; }

    /// <summary>The secret itself, at least 32 printable ASCII characters without spaces.</summary>
    [Secret]
    public string? Secret { get; set; }

    /// <summary>What it may do: <c>publish</c>, <c>subscribe</c>, <c>disconnect</c>, <c>read</c>, <c>revoke</c>; a list, or one text with commas. Default none: nothing.</summary>
    public IList<string> Scopes { get; set; } = [];

    /// <summary>Channels it is for: names, or beginnings of names with a <c>*</c> at the end; a list, or one text with commas. Default none: all.</summary>
    public IList<string> Channels { get; set; } = [];

    /// <summary>Requests a second at this node, 1 to 1,000,000; a batch or a stream of lines is one. Default none: no bound.</summary>
    public int? RequestsPerSecond { get; set; }

    /// <summary>Requests under way at this node, 1 to 100,000; beyond it <c>too_many</c>. Default none: no bound.</summary>
    public int? RequestsAtOnce { get; set; }

    /// <summary>
    /// Messages published a second at this node, 1 to 10,000,000, each channel of a message counted. A request that is let in is done whole, and what it has too much is owed before the next one; a stream of lines
    /// is read no faster. Default none: no bound.
    /// </summary>
    public int? MessagesPerSecond { get; set; }

    /// <summary>Bytes of bodies a second at this node, 1KiB to 64GiB, counted as messages are. Default none: no bound.</summary>
    public ByteSize? BytesPerSecond { get; set; }
}
