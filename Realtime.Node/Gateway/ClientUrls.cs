namespace Realtime.Node.Gateway;

/// <summary>Where clients reach one very node, as operators write it: <c>wss://node-1.example.com</c>.</summary>
public static class ClientUrls
{
    /// <summary>Where clients connect, below a node's address.</summary>
    public const string ConnectPath = "/v1/connect";

    private const int MostCharacters = 512;

    public static bool IsValid(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "ws" or "wss" && uri.Host.Length > 0 &&
        uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0 && text.Length <= MostCharacters;

    public static string ConnectUrl(string clientUrl) => clientUrl.TrimEnd('/') + ConnectPath;
}
