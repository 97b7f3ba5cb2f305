using System.Net;
using Realtime.Messages.Ids;
using Realtime.Node.Configuration;
using Realtime.Node.Webhooks;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>The rules of webhooks, and what the node makes of them.</summary>
internal static class WebhookRules
{
    private const int LeastSecret = 32;
    private const int MostSecret = 256;
    private const int MostSecrets = 8;
    private const string Path = $"{RealtimeOptions.Section}:Webhooks";

    private static readonly (string Name, WebhookHooks Hook)[] Hooks =
    [
        ("connect", WebhookHooks.Connect),
        ("subscribe", WebhookHooks.Subscribe),
        ("publish", WebhookHooks.Publish),
        ("call", WebhookHooks.Call),
        ("sessions", WebhookHooks.Sessions),
        ("occupancy", WebhookHooks.Occupancy),
        ("members", WebhookHooks.Members),
    ];

    public static void Check(WebhookOptions options, FaultList faults)
    {
        for (var i = 0; i < options.AllowedNetworks.Count; i++)
        {
            if (!IPNetwork.TryParse(options.AllowedNetworks[i], out _))
            {
                faults.Add($"{Path}:AllowedNetworks:{i}", $"must be a network such as 10.2.0.0/16, is '{options.AllowedNetworks[i]}'");
            }
        }

        foreach (var (name, endpoint) in options.Endpoints)
        {
            Check($"{Path}:Endpoints:{name}", name, endpoint, faults);
        }
    }

    /// <summary>What depends on the environment.</summary>
    public static void CheckAddresses(WebhookOptions options, bool isDevelopment, FaultList faults)
    {
        if (options.AllowHttp ?? isDevelopment)
        {
            return;
        }

        foreach (var (name, endpoint) in options.Endpoints.Where(entry => entry.Value.Url?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) is true))
        {
            faults.Add($"{Path}:Endpoints:{name}:Url", $"must begin with https:// (or {Path}:AllowHttp be true)");
        }
    }

    public static WebhookSettings ToSettings(WebhookOptions options, bool isDevelopment) => new()
    {
        AllowsLoopback = isDevelopment,
        AllowsPrivate = options.AllowPrivateAddresses,
        AllowedNetworks = [.. options.AllowedNetworks.Select(network => IPNetwork.Parse(network))],
        Endpoints = [.. options.Endpoints.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => ToEndpoint(entry.Key, entry.Value))],
    };

    private static void Check(string path, string name, WebhookEndpointOptions endpoint, FaultList faults)
    {
        if (name.Length is < 1 or > 32 || !ApiRules.IsId(name) || name == ReservedName)
        {
            faults.Add(path, $"must be called by 1 to 32 of a to z, digits, '_' and '-', and not {ReservedName}");
        }

        if (!Uri.TryCreate(endpoint.Url, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            // Not what was written: a query may hold a secret.
            faults.Add($"{path}:Url", "must be an address such as https://app.example.com/realtime, without a user, a password and a fragment");
        }

        if (endpoint.Secrets.Count is 0 or > MostSecrets)
        {
            faults.Add($"{path}:Secrets", $"must be 1 to {MostSecrets} keys");
        }

        for (var i = 0; i < endpoint.Secrets.Count; i++)
        {
            if (endpoint.Secrets[i].Length is < LeastSecret or > MostSecret)
            {
                faults.Add($"{path}:Secrets:{i}", $"must be {LeastSecret} to {MostSecret} characters");
            }
        }

        CheckHooks(path, endpoint, faults);
        for (var i = 0; i < endpoint.Channels.Count; i++)
        {
            if (!IsPattern(endpoint.Channels[i]))
            {
                faults.Add($"{path}:Channels:{i}", $"must be a channel's name, or the beginning of one and * at its end, is '{endpoint.Channels[i]}'");
            }
        }

        faults.Range($"{path}:Timeout", endpoint.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
        faults.Range($"{path}:Concurrency", endpoint.Concurrency, 1, 10_000);
        faults.Range($"{path}:Queue", endpoint.Queue, 0, 100_000);
        faults.Range($"{path}:ResponseBytes", endpoint.ResponseBytes, new ByteSize(1024), new ByteSize(16 * 1024 * 1024));
        faults.Range($"{path}:EventConcurrency", endpoint.EventConcurrency, 1, 256);
        faults.Range($"{path}:EventAttempts", endpoint.EventAttempts, 1, 1_000);
        faults.Range($"{path}:EventMaxAge", endpoint.EventMaxAge, TimeSpan.FromSeconds(1), TimeSpan.FromDays(3));
        faults.Range($"{path}:EventFirstRetry", endpoint.EventFirstRetry, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        faults.Range($"{path}:EventLongestRetry", endpoint.EventLongestRetry, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
        if (endpoint.EventLongestRetry < endpoint.EventFirstRetry)
        {
            faults.Add($"{path}:EventLongestRetry", $"must not be less than EventFirstRetry ({DurationText.Format(endpoint.EventFirstRetry)}), is {DurationText.Format(endpoint.EventLongestRetry)}");
        }
    }

    private static void CheckHooks(string path, WebhookEndpointOptions endpoint, FaultList faults)
    {
        if (endpoint.Hooks.Count == 0)
        {
            faults.Add($"{path}:Hooks", "is empty: the endpoint would be asked and told nothing");
        }

        for (var i = 0; i < endpoint.Hooks.Count; i++)
        {
            if (HookOf(endpoint.Hooks[i]) is WebhookHooks.None)
            {
                faults.Add($"{path}:Hooks:{i}", $"must be one of {string.Join(", ", Hooks.Select(hook => hook.Name))}, is '{endpoint.Hooks[i]}'");
            }
        }

        if (endpoint.Methods.Count > 0 && !endpoint.Hooks.Contains("call"))
        {
            faults.Add($"{path}:Methods", "are of calls, and call is not among its Hooks");
        }
    }

    private static WebhookEndpoint ToEndpoint(string name, WebhookEndpointOptions options) => new(name, new Uri(options.Url!))
    {
        Secrets = [.. options.Secrets],
        Hooks = options.Hooks.Aggregate(WebhookHooks.None, (all, hook) => all | HookOf(hook)),
        Channels = [.. options.Channels.Select(ChannelPattern.Parse)],
        Methods = options.Methods.ToHashSet(StringComparer.Ordinal),
        AllowedOnFailure = Allowed(options.OnFailure.Connect, WebhookHooks.Connect)
            | Allowed(options.OnFailure.Subscribe, WebhookHooks.Subscribe)
            | Allowed(options.OnFailure.Publish, WebhookHooks.Publish),
        Timeout = options.Timeout,
        Concurrency = options.Concurrency,
        Queue = options.Queue,
        ResponseBytes = (int)options.ResponseBytes.Bytes,
        EventConcurrency = options.EventConcurrency,
        EventAttempts = options.EventAttempts,
        EventMaxAge = options.EventMaxAge,
        EventFirstRetry = options.EventFirstRetry,
        EventLongestRetry = options.EventLongestRetry,
    };

    private static WebhookHooks Allowed(OnFailure says, WebhookHooks hook) => says is OnFailure.Allow ? hook : WebhookHooks.None;

    private static WebhookHooks HookOf(string text) => Array.Find(Hooks, hook => hook.Name == text).Hook;

    private static bool IsPattern(string text)
    {
        try
        {
            return ChannelPattern.Parse(text) != default;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Of the handlers in the process itself, which have places among the endpoints'.</summary>
    private const string ReservedName = "handlers";
}
