<?php
// A function of cgi_response. php-cgi prints the fields that header() and http_response_code() set.
header_remove('X-Powered-By');
header('Content-Type: text/plain');
if (getenv('Http_Method') !== 'POST') {
    http_response_code(405);
    header('Allow: POST');
    echo "Send a name with POST.\n";
    exit;
}
$name = file_get_contents('php://stdin');
if ($name === '') {
    header('Location: /hello/nobody');
    exit;
}
http_response_code(201);
header('X-Path: ' . getenv('Http_Path'));
echo "hello, $name\n";
