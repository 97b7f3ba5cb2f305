namespace Realtime.Node.Hosting.Configuration;

/// <summary>The application's code over HTTP, <c>Realtime:Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>By name: 1 to 32 of <c>a</c>–<c>z</c>, digits, <c>_</c>, <c>-</c>. Of several that are for the same question the first one by name is asked; each is told the events it wants.</summary>
    public IDictionary<string, WebhookEndpointOptions> Endpoints { get; set; } = new Dictionary<string, WebhookEndpointOptions>();

    /// <summary>Whether endpoints may be reached without TLS. Default <c>true</c> in the environment <c>Development</c>, <c>false</c> in others.</summary>
    public bool? AllowHttp { get; set; }

    /// <summary>Whether endpoints may be on private addresses, loopback and link-local ones among them; on those of clouds' metadata they may not. In <c>Development</c> loopback is allowed without it.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Networks that endpoints may be on although they are not public, such as <c>10.2.0.0/16</c>; a list, or one text with commas. Default none.</summary>
    public IList<string> AllowedNetworks { get; set; } = [];
}
