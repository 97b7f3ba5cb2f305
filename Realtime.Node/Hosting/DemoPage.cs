using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Realtime.Node.Hosting;

/// <summary>The page at <c>/</c>: the files of <c>wwwroot</c> beside the program, whatever the working directory is.</summary>
internal static class DemoPage
{
    public static void UseDemoPage(this IApplicationBuilder app)
    {
        var root = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (!Directory.Exists(root))
        {
            return;
        }

        var files = new PhysicalFileProvider(root);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, ContentTypeProvider = ContentTypes(), OnPrepareResponse = Prepare });
    }

    private static FileExtensionContentTypeProvider ContentTypes()
    {
        var types = new FileExtensionContentTypeProvider();
        foreach (var (extension, type) in types.Mappings.Where(entry => entry.Value.StartsWith("text/", StringComparison.Ordinal)).ToList())
        {
            types.Mappings[extension] = type + "; charset=utf-8";
        }

        types.Mappings[".webmanifest"] = "application/manifest+json";
        return types;
    }

    private static void Prepare(StaticFileResponseContext file)
    {
        var headers = file.Context.Response.Headers;
        headers.CacheControl = "no-cache";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
    }
}
