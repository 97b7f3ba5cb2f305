namespace Realtime.Node.Api.Door;

/// <summary>Who asks, and what that may reach.</summary>
/// <param name="From">Remote address.</param>
internal sealed record ApiCaller(ApiKey Key, string From)
{
    public string Id => Key.Id;
}
